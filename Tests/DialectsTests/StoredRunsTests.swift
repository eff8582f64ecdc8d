import Testing
import WireProtocol

@testable import Dialects

/// Servers that store runs and stream nothing: AgentOS and ADK.
@Suite struct StoredRunsTests {
    private let now = Timestamp(milliseconds: 1_795_638_900_000)

    private func take(
        _ reader: inout some DialectReader, _ path: String, _ body: String, status: Int = 200
    ) -> [Message] {
        guard let request = reader.requests.first(where: { $0.path.hasPrefix(path) }) else { return [] }
        let answer = HealthAnswerDocument(status: status, contentType: nil, body: Array(body.utf8))
        return reader.take(.document(request, answer, took: .zero), at: now)
    }

    private static func sighting(_ path: String, _ body: String) -> Sighting {
        let health = HealthAnswerDocument(
            status: 200, contentType: nil, body: Array("{\"status\":\"ok\"}".utf8))
        var sighting = Sighting(path: "/health", health: health)
        sighting.probes[path] = HealthAnswerDocument(status: 200, contentType: nil, body: Array(body.utf8))
        return sighting
    }

    @Test(arguments: [
        ("/info", "{\"agno_version\":\"3.1.10\"}", "agno"), ("/list-apps", "[\"ops\"]", "adk"),
        ("/list-apps", "[]", "adk"), ("/list-apps", "{}", "health"), ("/list-apps", "[7]", "health"),
    ]) func areRecognisedByARouteOfTheirOwn(_ path: String, _ body: String, _ name: String) {
        #expect(Dialect.recognizing(Self.sighting(path, body)).name == name)
    }

    private static let agnoSessions = """
        {"data":[{"session_id":"s/1","user_id":"ada","updated_at":"2026-11-25T20:31:35Z"},{"x":1}],"meta":{}}
        """
    private static let agnoRuns = """
        [{"run_id":"r-1","agent_id":"ops","status":"COMPLETED","created_at":1795638695,"metrics":{"duration":1.7},\
        "messages":[{"id":"m0","role":"user","from_history":true,"created_at":1},\
        {"id":"m1","role":"user","created_at":1795638695},{"id":"m2","role":"assistant","created_at":1795638695,\
        "tool_calls":[{"id":"c1","function":{"name":"disk"}}]},\
        {"id":"m3","role":"tool","tool_call_id":"c1","tool_call_error":true,"created_at":1795638696},\
        {"id":"m4","role":"assistant","created_at":1795638696}]}]
        """

    @Test func agnosSessionsAndRunsAreToldOnce() throws {
        var reader = AgnoReader()
        let listed = take(&reader, "/sessions?type=agent", Self.agnoSessions)
        #expect(listed.snapshot?.sessions.map(\.user) == ["ada"])
        let told = take(&reader, "/sessions/s%2F1/runs", Self.agnoRuns)
        #expect(
            told.eventNames == [
                "RUN_STARTED", "TOOL_CALL_START disk", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START",
                "RUN_FINISHED",
            ])
        #expect(told.eventJSON.last?["timestamp"]?.integer == 1_795_638_696_700)
        #expect(told.snapshot?.runs.map(\.state) == [.completed])
        #expect(!reader.requests.contains { $0.path.hasPrefix("/sessions/s") })
        let changed = Self.agnoSessions.replacing("20:31:35", with: "20:31:36")
        _ = take(&reader, "/sessions?type=agent", changed)
        #expect(take(&reader, "/sessions/s%2F1/runs", Self.agnoRuns).eventNames.isEmpty)
    }

    @Test func aRunOfAgnosThatGoesOnIsToldFurther() {
        var reader = AgnoReader()
        _ = take(&reader, "/sessions?type=agent", Self.agnoSessions)
        let open = Self.agnoRuns.replacing("COMPLETED", with: "RUNNING")
        #expect(take(&reader, "/sessions/s%2F1/runs", open).eventNames.last == "TEXT_MESSAGE_START")
        #expect(take(&reader, "/sessions/s%2F1/runs", Self.agnoRuns).eventNames == ["RUN_FINISHED"])
    }

    private static let adkSession = """
        {"id":"s1","userId":"user","lastUpdateTime":1795638817.98,"events":[\
        {"invocationId":"e-1","author":"user","timestamp":1795638813.6,"content":{"parts":[{"text":"check"}]}},\
        {"invocationId":"e-1","author":"ops","timestamp":1795638813.8,"content":{"parts":[{"functionCall":{"id":"c1",\
        "name":"disk"}}]}},{"invocationId":"e-1","author":"ops","timestamp":1795638817.9,"content":{"parts":[\
        {"functionResponse":{"id":"c1","name":"disk"}}]}},{"id":"x","invocationId":"e-1","author":"ops",\
        "timestamp":1795638817.98,"content":{"parts":[{"text":"well"}]}}]}
        """

    /// A reader of ADK that knows one app and one session.
    private func adk(updated: String = "1795638817.98") -> ADKReader {
        var reader = ADKReader()
        _ = take(&reader, "/list-apps", "[\"ops\"]")
        _ = take(
            &reader, "/apps/ops/users/user/sessions",
            "[{\"id\":\"s1\",\"userId\":\"user\",\"lastUpdateTime\":\(updated)},7]")
        return reader
    }

    @Test func adksEventsAreRunsByTheirInvocation() {
        var reader = adk()
        let told = take(&reader, "/apps/ops/users/user/sessions/s1", Self.adkSession)
        #expect(
            told.eventNames == [
                "RUN_STARTED", "TOOL_CALL_START disk", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START",
                "RUN_FINISHED",
            ])
        #expect(told.snapshot?.runs.map(\.agent) == ["ops"])
        #expect(told.snapshot?.sessions.map(\.state) == [.idle])
        #expect(!reader.requests.contains { $0.path.hasSuffix("/s1") })
    }

    @Test func anInvocationOfAdksThatWaitsForItsToolIsOpen() {
        var reader = adk()
        let cut = Self.adkSession.replacing("\"well\"", with: "\"well\"},{\"functionCall\":{\"id\":\"c2\"}")
        let told = take(&reader, "/apps/ops/users/user/sessions/s1", cut)
        #expect(told.snapshot?.runs.map(\.state) == [.open])
        #expect(told.snapshot?.sessions.map(\.state) == [.running])
    }

    @Test func anErrorOfAdksFailsTheRun() {
        var reader = adk()
        let failed = Self.adkSession.replacing("\"id\":\"x\"", with: "\"errorCode\":\"MALFORMED\"")
        let told = take(&reader, "/apps/ops/users/user/sessions/s1", failed)
        #expect(told.eventJSON.last?["message"]?.string == "MALFORMED")
    }

    @Test func complaintsAreRefused() {
        var agno = AgnoReader()
        #expect(
            take(&agno, "/sessions?type=agent", "{\"detail\":\"no\"}", status: 401)
                == [
                    .refused(
                        what: agno.requests[1].path, reason: "HTTP 401, use --token-file FILE")
                ])
        #expect(take(&agno, "/sessions?type=team", "{}", status: 404).isEmpty)
    }

    @Test(arguments: [
        ("a-b_c.~1", "a-b_c.~1"), ("s/1", "s%2F1"), ("..", nil), (".", nil), ("", nil),
        ("ä?#", "%C3%A4%3F%23"),
    ]) func anIdIsOnePartOfAPath(_ id: String, _ part: String?) { #expect(URLPart.encoded(id) == part) }
}
