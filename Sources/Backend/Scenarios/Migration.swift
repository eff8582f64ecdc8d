import PatternDetection

extension Scenario {
    /// Every path begins on the singleton and moves to the factory, one after the other, users at work.
    static let migration = Scenario(
        name: "migration",
        summary: "every path starts on the singleton; background, http and websocket move one by one",
        prepare: { $0.patterns = PatternAssignment(all: .singleton) },
        play: { backend, timing in
            for path in [ConsumerPath.background, .http, .websocket] {
                try await timing.wait(3)
                await backend.migrate(path, to: .factory)
            }
        })
}
