import PatternDetection
import Testing
import WireProtocol

/// What a monitoring root adds for a source that it relays.
@Suite struct RelayRecordTests {
    private static let coverage: Coverage = {
        var coverage = Coverage(
            missing: [.health: "ask the backend", .patterns: "none"], notes: ["a note"], timing: .atItsEnd)
        coverage.isSilentWithinSteps = true
        coverage.listed = [
            .runs: .init(read: 2, total: 9, missesUrgent: true), .sessions: .init(read: 1, total: nil),
        ]
        return coverage
    }()

    @Test(arguments: [coverage, Coverage.whole]) func aCoverageSurvivesTheWire(_ coverage: Coverage) throws {
        let relay = RelayRecord(dialect: "otlp", coverage: coverage)
        let json = try JSONParser.parse(relay.json.serialized)
        #expect(json.object.flatMap { RelayRecord(json: $0) } == relay)
    }

    @Test(arguments: ["{}", "{\"dialect\":\"otlp\"}", "{\"dialect\":\"otlp\",\"coverage\":{}}"])
    func whatNamesNoCoverageIsNotARelay(_ text: String) throws {
        let object = try #require(try JSONParser.parse(Array(text.utf8)).object)
        #expect(RelayRecord(json: object) == nil)
    }

    @Test func aSnapshotCarriesWhatCouldNotBeUsed() throws {
        var snapshot = BackendSnapshot(name: "otlp://127.0.0.1:4318")
        var reception = ReceptionRecord()
        reception.counters.eventsDropped = 7
        reception.lastRefusal = "POST /: HTTP 404"
        reception.unread = [ReadOutcome(.events, "POST /", failure: "HTTP 404")]
        snapshot.reception = reception
        var run = RunRecord(id: "r-1")
        run.relayed = .init()
        run.relayed?.isSeenFromWithin = true
        run.relayed?.endedAt = Timestamp(milliseconds: 1_800_000_000_000)
        run.relayed?.eventsSeen = [.agentStarted]
        snapshot.runs = [run]
        var session = SessionRecord(id: "s-1", user: "ada")
        session.service = "kitchen"
        snapshot.sessions = [session]
        let json = try #require(try JSONParser.parse(snapshot.json.serialized).object)
        let read = try #require(BackendSnapshot(json: json))
        #expect(read.reception == reception)
        #expect(read.runs == [run])
        #expect(read.sessions == [session])
    }
}
