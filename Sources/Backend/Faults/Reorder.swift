extension Fault {
    /// Two senders race.
    static let reorder = Fault(
        "reorder", "every fourth event of a run arrives behind the one that follows it"
    ).with { $0.misdelivers = { event, _ in event.sequence % 4 == 3 ? .behindTheNext : .none } }
}
