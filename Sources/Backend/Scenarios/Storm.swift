extension Scenario {
    /// Many things at once, each joining a little later: what a console is for is to say which comes first.
    static let storm = Scenario(
        name: "storm",
        summary:
            "agents flood, then events are lost, health slows, creations fail half-way; then all is fixed",
        prepare: { $0.faults = [FaultSetting(.flood)] },
        play: { backend, timing in
            let joining = [FaultSetting(.dropEvent, "tool_completed"), .init(.slowHealth), .init(.halfBuilt)]
            for setting in joining {
                try await timing.wait(4)
                backend.setFault(setting, isOn: true, by: "scenario")
            }
            try await timing.wait(4)
            for setting in backend.activeFaults { backend.setFault(setting, isOn: false, by: "scenario") }
        })
}
