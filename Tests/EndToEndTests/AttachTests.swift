import Foundation
import Testing

/// Operators who attach to `ctxtop listen`, which runs as a service.
@Suite(.serialized) struct AttachTests {
    @Test func aListenerIsReadLikeABackend() async throws {
        let service = try ServiceProcess([
            "listen", "--otlp", "127.0.0.1:0", "--otlp-grpc", "off", "--monitor", "127.0.0.1:0",
            "--plain",
        ])
        let attach = try await service.word(after: "operators attach with: ctxtop ")
        let listener = try await service.word(after: "listening at ")
        let body = """
            {"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"made-up"},"spans":[
            {"traceId":"000000000000000000000000000000d1","spanId":"00000000000000a1","name":"invoke_agent cook",
            "startTimeUnixNano":"1795441400000000000","endTimeUnixNano":"1795441401000000000","attributes":[
            {"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},
            {"key":"gen_ai.conversation.id","value":{"stringValue":"soup-of-the-day"}}]}]}]}]}
            """
        let posted = try await Programs.run(
            "/usr/bin/env",
            [
                "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                "Content-Type: application/json", "-d", body, listener + "/v1/traces",
            ])
        #expect(posted.output == "200", "\(posted.error)")
        let snapshot = try await Programs.run(Programs.console, ["snapshot", attach, "--timeout", "60s"])
        #expect(snapshot.status == 0, "\(snapshot.error)")
        #expect(snapshot.output.contains("\"soup-of-the-day\""))
        #expect(snapshot.output.contains("\"dialect\": \"otlp\""))
        let check = try await Programs.run(Programs.console, ["check", attach, "--timeout", "60s"])
        #expect(check.status == 0, "\(check.output)\(check.error)")
        let status = try await service.end(SIGTERM)
        #expect(status == 0)
    }

    @Test func anOpenAddressIsRefusedInOneLine() async throws {
        let result = try await Programs.run(
            Programs.console, ["listen", "--monitor", "0.0.0.0:0", "--plain"])
        #expect(result.status == 64)
        #expect(result.error.contains("0.0.0.0:0 is not a loopback address; add --monitor-token-file"))
    }
}

/// A console that runs without a terminal, and the lines that it prints.
private final class ServiceProcess: Sendable {
    private let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).log")
    private let pid: pid_t
    private let ends: AsyncStream<Int32>

    init(_ arguments: [String]) throws {
        #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
        let process = Process()
        process.executableURL = URL(filePath: Programs.console)
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let (ends, ended) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = {
            ended.yield($0.terminationReason == .exit ? $0.terminationStatus : -1)
            ended.finish()
        }
        try process.run()
        self.ends = ends
        pid = process.processIdentifier
    }

    /// Waits for a line with these words, and returns the next word of it.
    func word(after words: String) async throws -> String {
        for _ in 0..<1200 {
            let text = try String(contentsOf: file, encoding: .utf8)
            if let place = text.range(of: words), let line = text[place.upperBound...].firstIndex(of: "\n") {
                return String(text[place.upperBound..<line].split(separator: " ").first ?? "")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(Bool(false), "no line with \"\(words)\" in: \(text)")
        return ""
    }

    /// Sends a signal, and returns the status with which the program ended; -1 where the signal ended it.
    func end(_ signal: Int32) async throws -> Int32 {
        kill(pid, signal)
        for await status in ends { return status }
        return -1
    }

    deinit {
        kill(pid, SIGKILL)
        try? FileManager.default.removeItem(at: file)
    }
}
