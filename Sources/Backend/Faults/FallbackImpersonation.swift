extension Fault {
    /// A fallback handler plays the agent.
    static let fallbackImpersonation = Fault(
        "fallback-impersonation", "a stand-in sends every event of a good run, and no tool is ever executed"
    ).with { $0.runs = .isImpersonated }
}
