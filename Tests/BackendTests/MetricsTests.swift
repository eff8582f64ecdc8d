import ContextMonitor
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// `/metrics` of a backend that has worked.
@Suite(.timeLimit(.minutes(2))) struct MetricsTests {
    @Test func whatHappenedIsCountedAndNoUserIsALabel() async throws {
        try await RunningBackend.with { backend in
            let prompts = PromptsWithoutClock.three(backend)
            for path in ConsumerPath.all {
                for prompt in prompts {
                    #expect(await backend.work(on: path, as: "ada@acme.io", prompt) == .completed)
                }
            }
            let (status, text) = try await backend.text(
                "/metrics", as: nil, accept: "application/openmetrics-text")
            #expect(status == 200)
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.last == "# EOF")
            let count = "gen_ai_invoke_agent_duration_seconds_count{gen_ai_agent_name=\"assistant\"} "
            #expect(lines.contains { $0.hasPrefix(count) && (Int($0.dropFirst(count.count)) ?? 0) >= 9 })
            #expect(lines.contains { $0.hasPrefix("gen_ai_execute_tool_duration_seconds_bucket{") })
            #expect(
                lines.contains { $0.hasPrefix("gen_ai_client_token_usage_sum{gen_ai_token_type=\"input\"") })
            #expect(lines.contains { $0.hasPrefix("agent_dispatchers_created_total{path=\"background\"} ") })
            #expect(lines.contains("agent_health{status=\"pass\"} 1"))
            #expect(!text.contains("ada"))
            for session in backend.monitor.snapshot().sessions {
                #expect(!text.contains(session.id.rawValue))
            }
            // A family is named once, and its samples stand together behind its name.
            let families = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
            #expect(Set(families).count == families.count)
            var family = ""
            for line in lines where line != "# EOF" {
                if line.hasPrefix("# TYPE ") { family = String(line.split(separator: " ")[2]) }
                #expect(line.hasPrefix("# ") || line.hasPrefix(family), "\(line) is not of \(family)")
            }
        }
    }

    @Test(arguments: [
        (nil, false), ("text/plain;version=0.0.4", false), ("*/*", false), ("application/json", false),
        ("application/openmetrics-text", true),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true),
        ("application/openmetrics-text; q=0.3, text/plain", false),
        ("application/openmetrics-text;q=0, */*", false),
    ])
    func onlyACallerThatNamesOpenMetricsGetsIt(_ accept: String?, _ isOpenMetrics: Bool) async throws {
        try await RunningBackend.with { backend in
            let text = try await backend.text("/metrics", as: nil, accept: accept).text
            #expect(text.hasSuffix("# EOF\n") == isOpenMetrics)
            #expect(text.contains("# UNIT ") == isOpenMetrics)
            let name = isOpenMetrics ? "agent_dispatchers_created" : "agent_dispatchers_created_total"
            #expect(text.contains("# TYPE \(name) counter\n"))
            #expect(text.contains("# TYPE target_info gauge\n") == !isOpenMetrics)
        }
    }

    @Test func seriesBeginAtZero() async throws {
        try await RunningBackend.with { backend in
            let lines = Set(try await backend.text("/metrics", as: nil).text.split(separator: "\n"))
            for path in ConsumerPath.all {
                #expect(lines.contains("agent_sessions_active{path=\"\(path)\",state=\"running\"} 0"))
            }
            #expect(lines.contains("agent_dispatchers_registered{state=\"leaked\",pattern=\"factory\"} 0"))
            #expect(lines.contains("agent_runs_active 0"))
        }
    }

    @Test func onlyOperatorsReadThem() async throws {
        try await RunningBackend.with {
            $0.operators = .tokens([])
        } _: { backend in
            let status = try await backend.text("/metrics", as: "ada").status
            #expect(status == 401)
        }
    }
}
