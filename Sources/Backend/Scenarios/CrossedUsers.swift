extension Scenario {
    /// The worst that can happen: one user's results reach another user, and a dispatcher serves both.
    static let crossedUsers = Scenario(
        name: "crossed-users",
        summary: "tool results reach other users' sessions and dispatchers are shared; fixed live later",
        prepare: { $0.faults = [FaultSetting(.crossUserEvent), FaultSetting(.shareDispatcher)] },
        play: { backend, timing in
            try await timing.wait()
            for fault in [Fault.crossUserEvent, .shareDispatcher] {
                backend.setFault(FaultSetting(fault), isOn: false, by: "scenario")
            }
        })
}
