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
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
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

    private func checklist(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let result = try await Programs.run(Programs.console, ["check", "--checklist"] + arguments)
        return (result.status, result.output + result.error)
    }

    @Test func aMigrationWithLegacyPathsIsNotDoneHoweverMuchTrafficItServes() async throws {
        let backend = try await BackendProcess([
            "--pattern", "websocket=singleton,background=singleton", "--traffic", "6:600",
            "--pace", "immediate",
        ])
        let list = try await checklist([backend.url, "--wait", "2s"])
        #expect(list.status == 1, "\(list.output)")
        #expect(list.output.contains("OPEN     Update initialization sequences"))
        #expect(list.output.contains("unknown  Create integration tests for each path"))
    }

    @Test func aProbeIsTheTestOfItsPaths() async throws {
        let backend = try await BackendProcess(["--pace", "immediate"])
        let before = try await checklist([backend.url])
        #expect(before.status == 3, "\(before.output)")
        #expect(before.output.contains("unknown  Create integration tests for each path"))
        let probe = try await Programs.run(
            Programs.console, ["probe", backend.url, "--patience", "60s", "--format", "json"])
        #expect(probe.status == 0, "\(probe.output)")
        // The canaries' runs are on record at the backend.
        let after = try await checklist([backend.url])
        #expect(after.output.contains("done     Create integration tests for each path"), "\(after.output)")
        // Another backend of the same kind learns of it by the file alone.
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(probe.output.utf8).write(to: URL(filePath: file))
        let other = try await BackendProcess([])
        let told = try await checklist([other.url, "--probe-result", file])
        #expect(told.output.contains("done     Create integration tests for each path"), "\(told.output)")
        let two = try await checklist([other.url, "http://127.0.0.1:1", "--probe-result", file])
        #expect(two.status == 64, "\(two.output)")
        #expect(two.output.contains("is not one of the targets"))
        #expect(try await checklist([other.url, "--probe-result", file + ".no"]).status == 3)
    }
}
