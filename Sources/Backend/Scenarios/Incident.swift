import PatternDetection
extension Scenario {
    /// The seed's incident: start-up is on the factory pattern, the WebSocket path still wants the singleton.
    ///
    /// The path has a really unmigrated initialiser: it insists on the dispatcher
    /// that start-up set to nil, and each creation fails. Then it is migrated.
    static let incident = Scenario(
        name: "incident",
        summary:
            "start-up set tool_dispatcher to nil, the WebSocket path still requires it; fixed live later",
        prepare: { $0.patterns[.websocket] = .unmigrated },
        play: { backend, timing in
            try await Task.sleep(for: timing.fixAfter)
            await backend.migrate(.websocket, to: .factory)
        })
}
