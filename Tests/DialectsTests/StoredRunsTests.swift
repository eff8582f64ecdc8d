import Testing
import WireProtocol

@testable import Dialects

/// What servers that store runs and stream nothing have in common: AgentOS and ADK.
@Suite struct StoredRunsTests {
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

    @Test(arguments: [
        ("a-b_c.~1", "a-b_c.~1"), ("s/1", "s%2F1"), ("..", nil), (".", nil), ("", nil),
        ("ä?#", "%C3%A4%3F%23"),
    ]) func anIdIsOnePartOfAPath(_ id: String, _ part: String?) { #expect(URLPart.encoded(id) == part) }
}
