extension Fault {
    /// The health endpoint is a constant; add another fault to make it a lie.
    static let lyingHealth = Fault(
        "lying-health", "the health endpoint always passes, whatever is broken beside it"
    ).with { $0.health = .isConstant }
}
