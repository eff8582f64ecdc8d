extension Fault {
    /// The model behind the agents hangs.
    static let stall = Fault(
        "stall", "runs start and then nothing follows, until the fault is switched off"
    ).with { $0.runs = .stalls }
}
