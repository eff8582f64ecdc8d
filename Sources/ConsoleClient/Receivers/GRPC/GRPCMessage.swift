/// The frame around each message of gRPC over HTTP/2: a flag, four bytes of length, the message ("Length-Prefixed-Message").
enum GRPCMessage {
    /// How many bytes are before the message.
    static let prefixLength = 5

    /// The length that a frame announces; nil while its prefix is not complete.
    static func announcedLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= prefixLength else { return nil }
        return bytes[1..<prefixLength].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The only message of a unary call.
    static func unframed(_ bytes: [UInt8]) throws(TelemetryRefusal) -> (message: [UInt8], isPacked: Bool) {
        guard let length = announcedLength(bytes) else {
            throw .body(bytes.isEmpty ? "the call has no message" : "the gRPC frame breaks off")
        }
        guard bytes[0] < 2 else { throw .body("the gRPC frame has flag \(bytes[0])") }
        let message = bytes[prefixLength...]
        guard message.count >= length else { throw .body("the gRPC frame breaks off") }
        guard message.count == length else { throw .body("the call has more than one message") }
        return (Array(message), bytes[0] == 1)
    }

    /// A message in its frame, not packed.
    static func framed(_ message: [UInt8]) -> [UInt8] {
        let length = UInt32(clamping: message.count)
        return [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + message
    }
}
