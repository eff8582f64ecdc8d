extension Fault {
    /// A sender that had no acknowledgement sends again.
    static let duplicateEvent = Fault(
        "duplicate-event", "every fourth event of a run arrives two times"
    ).with { $0.misdelivers = { event, _ in event.sequence % 4 == 3 ? .twice : .none } }
}
