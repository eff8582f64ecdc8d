import WireProtocol

/// The session that a conversation of a service is shown as: two services may use one conversation's id.
struct SessionNames {
    /// How many conversations are kept; the ones named longest ago are forgotten first.
    private static let maximum = 20_000

    private var first: [String: String] = [:]
    private var order: [String] = []

    /// The conversation's id, or where another service named it first, `ID@SERVICE`.
    mutating func id(of conversation: String, from service: String) -> SessionID {
        guard let known = first[conversation] else {
            first[conversation] = service
            order.append(conversation)
            if order.count > 2 * Self.maximum {
                for old in order.prefix(Self.maximum) { first[old] = nil }
                order.removeFirst(Self.maximum)
            }
            return SessionID(rawValue: conversation)
        }
        return SessionID(rawValue: known == service ? conversation : "\(conversation)@\(service)")
    }
}
