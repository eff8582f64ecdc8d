extension Fault {
    /// The health endpoint waits for a slow dependency: 3 s, below the 5 s that clients wait.
    static let slowHealth = Fault(
        "slow-health", "each answer of the health endpoint takes 3 s"
    ).with { $0.health = .takes(.seconds(3)) }
}
