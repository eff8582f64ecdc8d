import ConsoleModel
import PatternDetection
import WireProtocol

extension CheckReport {
    /// One line for a status bar: `CRITICAL 2C 1W websocket wants tool_dispatcher: nil`.
    var oneline: String {
        var counts: [String] = []
        for severity in [Severity.critical, .warning, .notice] {
            let count = findings.count { $0.severity == severity }
            if count > 0 { counts.append("\(count)\(severity.mark)") }
        }
        return ([word] + counts + [headline]).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// What Nagios, Icinga and those that speak their plugin interface read.
    ///
    /// The first line is `CTXTOP WORD - text | performance data`, the others are long output
    /// (Monitoring Plugins Development Guidelines, "Plugin Output").
    var nagios: [String] {
        let first = "CTXTOP \(word) - \(Self.withoutBar(headline)) | " + performance.joined(separator: " ")
        return [first]
            + findings.map { "\($0.severity.rawValue) \($0.rule) \($0.subject): " + $0.summary }
            .map(Self.withoutBar)
    }

    /// `'label'=value[unit];warning;critical;minimum`, one each.
    private var performance: [String] {
        func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }
        var all = [
            "critical=\(count(.critical));;0;0", "warning=\(count(.warning));0;;0",
            "notice=\(count(.notice));;;0",
        ]
        let backends = state.backends
        let sessions = backends.reduce(0) { $0 + $1.sessions.values.count { !$0.isEnded } }
        let failed = backends.reduce(0.0) {
            $0 + $1.paths.values.reduce(0.0) { $0 + Double($1.record.failed) }
        }
        let created = backends.reduce(0.0) {
            $0 + $1.paths.values.reduce(0.0) { $0 + Double($1.record.created) }
        }
        all += [
            "sessions=\(sessions);;;0", "created=\(Self.whole(created))c",
            "creations_failed=\(Self.whole(failed))c",
        ]
        let slowest = backends.compactMap(\.health.record.latencyMs).filter(\.isFinite).max()
        if let slowest, slowest < 1e9 { all.append("health_latency=\(Int(slowest.rounded()))ms;;;0") }
        all.append("crossings=\(state.isolationStatement().crossingCount);;0;0")
        return all
    }

    private static func whole(_ number: Double) -> String { String(Int64(min(number, 9e15))) }

    /// A bar would begin the performance data.
    private static func withoutBar(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "/")
    }
}
