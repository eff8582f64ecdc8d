/// The two values by which client and server show that both speak WebSocket (RFC 6455 1.3).
enum AcceptKey {
    /// The constant every key is hashed with (RFC 6455 1.3).
    private static let constant = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key`.
    static func answer(to key: String) -> String { Base64.encode(SHA1.digest(Array((key + constant).utf8))) }

    /// A fresh `Sec-WebSocket-Key`: 16 random bytes.
    static func fresh(using generator: inout some RandomNumberGenerator) -> String {
        Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
