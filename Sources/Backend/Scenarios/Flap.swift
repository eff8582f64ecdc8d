extension Scenario {
    /// The WebSocket path breaks and recovers, again and again: a finding must not flicker with it.
    static let flap = Scenario(
        name: "flap", summary: "the WebSocket path loses its dispatcher and gets it back, for ever",
        prepare: { _ in },
        play: { backend, timing in
            var isOn = true
            while true {
                try await timing.wait(6)
                backend.setFault(FaultSetting(.nilDispatcher), isOn: isOn, by: "scenario")
                isOn.toggle()
            }
        })
}
