import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// A console that reads what another one relays of a source.
@Suite struct RelayedSnapshotTests {
    /// What the first console serves, as it is read from the wire.
    private func served(_ story: Story) throws -> BackendSnapshot {
        let snapshot = try #require(story.state.relayedSnapshot(of: story.key))
        let json = try #require(try JSONParser.parse(snapshot.json.serialized).object)
        return try #require(BackendSnapshot(json: json))
    }

    @Test func pathsThatOnlyEventsNamedAreNotDeclared() throws {
        var first = Story()
        first.wholeRun("r-1")
        var second = Story()
        second.receive(
            .dialect(name: "otlp", coverage: Coverage(missing: [.patterns: "no", .dispatchers: "no"])))
        second.receive(.snapshot(try served(first)))
        second.event(.runStarted, "r-2", path: "http:/other")
        #expect(second.state.pathRows().count == 2)
        #expect(second.state.pathRows().allSatisfy { !$0.isDeclared })
        #expect(!second.rules.contains("path-unregistered"))
        #expect(!second.rules.contains("run-impersonated"))
    }

    @Test func lossesAndAddressesThatCannotBeReadTravel() throws {
        var first = Story()
        first.receive(.read(ReadOutcome(.events, "POST /", failure: "HTTP 404; set the endpoint")))
        first.receive(.refused(what: "POST /", reason: "HTTP 404"))
        first.custom(.gap, ["lost": 7])
        var second = Story()
        second.receive(.snapshot(try served(first)))
        second.receive(.snapshot(try served(first)))
        #expect(second.backend.reception.counters.eventsDropped == 7)
        #expect(second.backend.reception.counters.decodeErrors == 1)
        #expect(second.rules == first.rules)
        #expect(second.rules.contains("not-readable"))
        first.receive(.read(ReadOutcome(.events, "POST /", failure: nil)))
        second.receive(.snapshot(try served(first)))
        #expect(!second.rules.contains("not-readable"))
    }

    @Test func aRunThatIsSeenFromWithinStaysSo() throws {
        var first = Story()
        first.event(
            .custom, "r-1", ["name": "ctxtop.run", "value": RunChange(.opened, service: "kitchen").json])
        first.event(.custom, "r-1", ["name": "ctxtop.run", "value": RunChange(.lost).json])
        var second = Story()
        second.receive(.snapshot(try served(first)))
        #expect(second.state.triage().map(\.severity) == first.state.triage().map(\.severity))
        #expect(second.state.triage().map(\.severity) == [.notice])
    }
}
