import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleApp

/// Two backends that report the largest numbers there are: every form of every report is still written.
@Suite struct ExtremeNumberTests {
    private static let most = "9223372036854775807"
    private static let snapshot = """
        {"name":"shop","sessionsOmitted":\(most),"runsOmitted":\(most),"dispatchersOmitted":\(most),
        "paths":[{"path":"http","kind":"http","detected":"factory","created":\(most),"failed":\(most),
        "fallbacks":\(most)}],
        "limits":{"runs":{"limit":\(most),"used":\(most)},"x":{"limit":-\(most),"used":\(most)}},
        "sessions":[{"id":"s","user":"u","state":"idle","runs":\(most)}],
        "runs":[{"id":"r","session":"s","state":"completed","events":\(most)}],
        "dispatchers":[{"id":"d","state":"active","pattern":"factory","executed":\(most),"failed":\(most),
        "inFlight":\(most),"owners":[]}],
        "history":[{"at":"2026-11-29T20:00:00.000Z","sessions":\(most),"events":\(most),"errors":\(most),
        "runP95Ms":1e308,"byPath":{"http":\(most),"ws":\(most)}},
        {"at":"2026-11-29T20:01:00.000Z","sessions":\(most),"events":\(most),"errors":\(most),
        "byPath":{"http":\(most),"ws":\(most)}}],
        "health":{"status":"pass","latencyMs":1e308},
        "startup":{"phase":"x","phases":[{"name":"a","status":"ok","ms":1e308},{"name":"b","status":"ok","ms":-1e308}]}}
        """
    private static let events = """
        {"type":"CUSTOM","name":"ctxtop.gap","value":{"lost":\(most)},"timestamp":\(most)}
        {"type":"CUSTOM","name":"ctxtop.creation","value":{"path":"http","status":"error"},"timestamp":-\(most)}
        {"type":"CUSTOM","name":"ctxtop.refused","value":{"reason":"x","count":\(most)},"timestamp":0}
        {"type":"RUN_STARTED","runId":"q","threadId":"s","timestamp":-\(most),"metadata":{"user":"u","seq":\(most)}}
        {"type":"RUN_FINISHED","runId":"q","threadId":"s","timestamp":\(most),"metadata":{"user":"u","seq":-\(most)}}

        """

    private func state() throws -> ConsoleState {
        let now = Timestamp(milliseconds: 1_795_980_000_000)
        var store = Store(ConsoleState(now: now))
        let object = try #require(try JSONParser.parse(Self.snapshot.utf8).object)
        let snapshot = try #require(BackendSnapshot(json: object))
        for number in 0..<2 {
            let key = BackendKey(number)
            _ = store.send(.addBackend(key, url: "http://shop-\(number).example"))
            _ = store.send(.received(key, .health(snapshot.health, body: []), at: now))
            _ = store.send(.received(key, .snapshot(snapshot), at: now))
            for _ in 0..<3 {
                _ = store.send(.received(key, .events(EventBatch(lines: Array(Self.events.utf8))), at: now))
            }
        }
        _ = store.send(.tick(now + .seconds(1)))
        return store.state
    }

    @Test func everyReportIsWritten() throws {
        let state = try state()
        #expect(!state.snapshotDocument(takenAt: state.now).json.text.isEmpty)
        #expect(PlainSnapshot.text(state).contains("dropped \(WireNumber.largest * 6)"))
        #expect(MarkdownReport.text(state).contains("shop"))
        for format in CheckReport.Format.allCases {
            #expect(!CheckReport(state, failOn: .warning).text(format).isEmpty)
            #expect(!ChecklistReport(state).text(format).isEmpty)
        }
        for backend in state.backends {
            _ = TargetDiagnosis.section(backend, hasToken: false, skew: .seconds(Int64.max))
        }
    }
}
