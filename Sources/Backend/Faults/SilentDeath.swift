extension Fault {
    /// Agents die without a word.
    static let silentDeath = Fault(
        "silent-death", "agents die while they think, and no event says so"
    ).with { $0.runs = .diesSilently }
}
