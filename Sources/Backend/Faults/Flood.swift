import WireProtocol

extension Fault {
    /// An agent in a loop: each text delta comes a thousand times.
    static let flood = Fault(
        "flood", "agents send each piece of their answer 1,000 times"
    ).with { $0.misdelivers = { event, _ in event.type == .textMessageContent ? .times(1000) : .none } }
}
