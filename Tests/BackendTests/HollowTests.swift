@testable import Backend
@testable import ContextMonitor
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

@Suite struct HollowTests {
    private func events(_ prompt: @Sendable (RunningBackend) -> String?) async throws -> [JSONValue] {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: .hollow)
            $0.exposesPayloads = true
        } _: { backend in
            let outcome = await backend.work(on: .websocket, try #require(prompt(backend)))
            #expect(outcome == .failed("the dispatcher has no tools: nothing to dispatch with"))
            return try backend.monitor.ringLines().map { try JSONParser.parse($0) }
                .filter { $0["type"]?.string != "CUSTOM" }
        }
    }

    @Test func theFirstCallFailsAndEndsTheRun() async throws {
        let events = try await events { PromptsWithoutClock.three($0).first }
        let types = events.compactMap { $0["type"]?.string }
        #expect(
            types.suffix(5) == [
                "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_ERROR",
            ])
        let result = try #require(events.dropLast().last)
        #expect(
            result["content"]?.string
                == "error: the dispatcher has no tools: nothing to dispatch with")
        #expect(result["toolCallId"] == events[events.count - 5]["toolCallId"])
    }

    @Test func aRunWithoutACallEndsInAnErrorToo() async throws {
        let events = try await events { backend in
            let agent = ScriptedAgent(pace: .immediate, seed: backend.server.backend.configuration.seed)
            return (0..<100).map { "prompt \($0)" }.first { agent.plan(for: $0).isEmpty }
        }
        let types = events.compactMap { $0["type"]?.string }
        #expect(types.last == "RUN_ERROR")
        #expect(!types.contains("TOOL_CALL_START"))
    }
}
