import SwiftProtobuf

/// Decodes what a stranger sent: unread fields are dropped, nesting is bounded, an error says what is wrong.
enum ProtobufMessage {
    /// How deep messages may lie in each other: 64; each list within a value takes two.
    private static let options = {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 64
        options.discardUnknownFields = true
        return options
    }()

    /// One message out of all of its bytes.
    static func decode<Content: Message>(
        _ bytes: some SwiftProtobufContiguousBytes, as type: Content.Type
    ) throws(TelemetryError) -> Content {
        do { return try Content(serializedBytes: bytes, options: options) } catch {
            switch error as? BinaryDecodingError {
            case .truncated: throw .protobuf("breaks off")
            case .invalidUTF8: throw .protobuf("has a text that is no UTF-8")
            case .messageDepthLimit: throw .protobuf("is nested too deep")
            default: throw .protobuf("is malformed")
            }
        }
    }

    /// The bytes of one of our messages; only one above 2 GiB has none, and ours are short.
    static func encode(_ message: some Message) -> [UInt8] { (try? message.serializedBytes()) ?? [] }
}
