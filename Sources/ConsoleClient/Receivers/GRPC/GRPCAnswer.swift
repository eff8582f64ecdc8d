import NIOHTTP1

/// The answer to one call: a message and status 0, another status, or, to what is not gRPC, plain HTTP.
struct GRPCAnswer: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: [UInt8]
    /// The fields after the body; nil for plain HTTP.
    let trailers: HTTPHeaders?

    /// A call that was answered with a message.
    static func message(_ message: [UInt8]) -> GRPCAnswer {
        GRPCAnswer(
            status: .ok, headers: head, body: GRPCMessage.framed(message),
            trailers: ["grpc-status": "\(GRPCStatus.ok.rawValue)"])
    }

    /// A call that failed.
    static func failure(_ status: GRPCStatus, _ words: String) -> GRPCAnswer {
        GRPCAnswer(
            status: .ok, headers: head, body: [],
            trailers: ["grpc-status": "\(status.rawValue)", "grpc-message": percentEncoded(words)])
    }

    /// A request that is not a call.
    static func plain(_ status: HTTPResponseStatus, _ words: String) -> GRPCAnswer {
        GRPCAnswer(
            status: status, headers: ["content-type": "text/plain; charset=utf-8"],
            body: Array((words + "\n").utf8), trailers: nil)
    }

    /// What each answer to a call begins with; the second field names the packings that a sender may use.
    private static let head: HTTPHeaders = [
        "content-type": "application/grpc", "grpc-accept-encoding": "identity,gzip",
    ]

    /// The value of `grpc-message`: what is not printable ASCII, and `%`, as `%` and two digits.
    static func percentEncoded(_ words: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return words.utf8.reduce(into: "") { text, byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += ["%", digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
    }
}
