extension Scenario {
    /// Jobs and sessions end, their dispatchers stay; then the cause is fixed and the sweep takes them.
    static let leak = Scenario(
        name: "leak", summary: "dispatchers outlive their sessions and jobs; fixed live later",
        prepare: { $0.faults = [FaultSetting(.leakDispatcher)] },
        play: { backend, timing in
            try await timing.wait()
            backend.setFault(FaultSetting(.leakDispatcher), isOn: false, by: "scenario")
        })
}
