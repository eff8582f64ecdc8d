import WireProtocol

extension Fault {
    /// Tool results are addressed to the wrong session.
    static let crossUserEvent = Fault(
        "cross-user-event", "the results of tool calls are delivered to another user's session"
    ).with {
        $0.misdelivers = { event, _ in event.type == .toolCallResult ? .toAnotherUser : .none }
    }
}
