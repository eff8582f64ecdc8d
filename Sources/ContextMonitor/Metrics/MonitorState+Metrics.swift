import PatternDetection
import WireProtocol

extension MonitorState {
    /// The whole of `/metrics`; users and ids are never labels.
    func metricsText(_ format: MetricsText.Format, now: Timestamp, streams: Int) -> String {
        var out = MetricsText(format)
        writeTarget(to: &out)
        writeAgents(to: &out)
        writePaths(to: &out)
        writeNow(to: &out, now: now, streams: streams)
        out.end()
        return out.text
    }

    private func writeTarget(to out: inout MetricsText) {
        out.family("target", .info, "The replica (OpenTelemetry service attributes).")
        out.sample(
            "target_info",
            [
                ("service_name", configuration.name), ("service_version", configuration.version),
                ("service_instance_id", configuration.instance),
            ], 1)
        out.family("process_start_time_seconds", .gauge, unit: "seconds", "When the backend started.")
        out.sample("process_start_time_seconds", [], Double(startedAt.milliseconds) / 1000)
    }

    /// OpenTelemetry's GenAI conventions, their names as Prometheus spells them.
    private func writeAgents(to out: inout MetricsText) {
        let run = "gen_ai_invoke_agent_duration_seconds"
        out.family(run, .histogram, unit: "seconds", "How long runs took, from start to end.")
        out.histograms(run, ["gen_ai_agent_name", "error_type"], metrics.runs)
        let tool = "gen_ai_execute_tool_duration_seconds"
        out.family(tool, .histogram, unit: "seconds", "How long tool calls took.")
        out.histograms(tool, ["gen_ai_tool_name"], metrics.tools)
        let tokens = "gen_ai_client_token_usage"
        out.family(tokens, .histogram, "Tokens of each run, by model.")
        out.histograms(
            tokens, ["gen_ai_token_type", "gen_ai_request_model", "gen_ai_provider_name"], metrics.tokens)
    }

    private func writePaths(to out: inout MetricsText) {
        out.family("agent_path_pattern", .gauge, "1 for each path, with its detected and expected pattern.")
        for record in pathRecords {
            out.sample(
                "agent_path_pattern",
                [
                    ("path", record.path.rawValue), ("detected", record.judgement.verdict.description),
                    ("expected", record.expected.description),
                ], 1)
        }
        let counters: [(String, String, (PathRecord) -> Int)] = [
            ("agent_dispatchers_created", "Dispatchers created, fallbacks included.", { $0.created }),
            ("agent_dispatcher_creation_failures", "Creations of a dispatcher that failed.", { $0.failed }),
            ("agent_dispatcher_fallbacks", "Creations that fell back to the singleton.", { $0.fallbacks }),
        ]
        for (name, help, value) in counters {
            out.family(name, .counter, help)
            for record in pathRecords {
                out.sample(name + "_total", [("path", record.path.rawValue)], Double(value(record)))
            }
        }
    }

    private func writeNow(to out: inout MetricsText, now: Timestamp, streams: Int) {
        func gauge(_ name: String, _ help: String, _ labels: [String], _ counts: [[String]: Int]) {
            out.family(name, .gauge, help)
            for (values, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                out.sample(name, Array(zip(labels, values)), Double(count))
            }
        }
        var live: [[String]: Int] = [:]
        // Series that begin at zero: a rate or an alert needs the value before the first one.
        for path in pathOrder {
            for state in SessionRecord.State.allCases where state != .ended {
                live[[path.rawValue, state.rawValue]] = 0
            }
        }
        for entry in sessions.values {
            live[[entry.record.path?.rawValue ?? "", entry.record.state.rawValue], default: 0] += 1
        }
        gauge("agent_sessions_active", "Live sessions.", ["path", "state"], live)
        gauge("agent_runs_active", "Runs that have not ended.", [], [[]: runs.count])
        var registered: [[String]: Int] = [:]
        for state in DispatcherRecord.State.allCases where state != .disposed {
            for pattern in [Verdict.factory, .singleton] {
                registered[[state.rawValue, pattern.description]] = 0
            }
        }
        for entry in dispatchers.values {
            let record = shown(entry, now: now)
            registered[[record.state.rawValue, record.pattern.description], default: 0] += 1
        }
        gauge("agent_dispatchers_registered", "Live dispatchers.", ["state", "pattern"], registered)
        gauge("agent_stream_subscribers", "Operators' event streams.", [], [[]: streams])
        gauge(
            "agent_limit", "Limits.", ["name"],
            Dictionary(uniqueKeysWithValues: limits.map { ([$0], $1.limit) }))
        gauge(
            "agent_limit_used", "How much of each limit is used.", ["name"],
            Dictionary(uniqueKeysWithValues: limits.map { ([$0], $1.used) }))
        out.family("agent_events_published", .counter, "Events of all sessions.")
        out.sample("agent_events_published_total", [], Double(ring.nextNumber - 1))
        let health = health(now: now).status
        gauge(
            "agent_health", "1 for the status that the backend has.", ["status"],
            Dictionary(
                uniqueKeysWithValues: HealthStatus.allCases.map { ([$0.rawValue], $0 == health ? 1 : 0) }))
    }
}
