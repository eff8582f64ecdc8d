/// The opcodes RFC 6455 5.2 defines; every other value fails the connection.
enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether frames of this opcode steer the connection instead of carrying messages (RFC 6455 5.5).
    var isControl: Bool { rawValue & 0x8 != 0 }
}
