import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A migration from its first path to its last, as `ctxtop check` sees it on a running backend.
@Suite(.serialized) struct MigrationCheckTests {
    private func check(_ backend: BackendProcess) async throws -> (status: Int32, findings: [[String: Any]]) {
        let result = try await Programs.run(Programs.console, ["check", backend.url, "--format", "json"])
        let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return (result.status, document?["findings"] as? [[String: Any]] ?? [])
    }

    private func finding(_ rule: String, in findings: [[String: Any]]) -> [String: Any]? {
        findings.first { $0["rule"] as? String == rule }
    }

    private func post(_ backend: BackendProcess, _ path: String, _ body: String) async throws -> Int? {
        var request = URLRequest(url: try #require(URL(string: backend.url + path)))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode
    }

    @Test func eachStepOfAMigrationIsSaidUntilNothingIsLeft() async throws {
        let backend = try await BackendProcess([
            "--pattern", "websocket=singleton,http=mixed", "--pace", "immediate",
        ])
        let before = try await check(backend)
        #expect(before.status == 1)
        let halfway = try #require(finding("migration-halfway", in: before.findings))
        #expect((halfway["summary"] as? String)?.hasSuffix("not yet: http, websocket") == true)
        #expect((halfway["since"] as? String)?.hasSuffix("Z") == true)
        // Nobody was served yet: whether the global dispatcher is needed is not known.
        #expect(finding("legacy-unused", in: before.findings) == nil)
        let run = #"{"prompt":"1+1"}"#
        #expect(try await post(backend, "/v1/agents/assistant/ag-ui", run) == 200)
        let unused = try #require(finding("legacy-unused", in: try await check(backend).findings))
        #expect(unused["subject"] as? String == "path:http")
        #expect(
            unused["summary"] as? String == "http: the global dispatcher is set and was not used at all")
        let move = #"{"pattern":"factory"}"#
        #expect(try await post(backend, "/monitor/v1/paths/http/pattern", move) == 200)
        let moved = try await check(backend)
        #expect(finding("legacy-unused", in: moved.findings) == nil)
        #expect(
            finding("migration-halfway", in: moved.findings)?["summary"] as? String
                == "2 of 3 paths on factory; not yet: websocket")
        #expect(try await post(backend, "/monitor/v1/paths/all/pattern", move) == 200)
        let after = try await check(backend)
        #expect(after.status == 0)
        #expect(after.findings.isEmpty)
    }
}
