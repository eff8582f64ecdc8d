public import ConsoleModel
import PatternDetection
import WireProtocol

/// What a probe saw on each path, for people and pipelines.
public struct ProbeReport: Sendable {
    private let url: String
    private let verdicts: [ProbeVerdict]

    /// Reports runs against one backend.
    public init(_ url: String, _ verdicts: [ProbeVerdict]) { (self.url, self.verdicts) = (url, verdicts) }

    /// As `check`: 2 when a run failed, broke the grammar or saw others; 3 when nobody answered at all; else 0.
    public var exit: Int {
        guard verdicts.contains(where: \.run.wasAnswered) else { return 3 }
        return verdicts.allSatisfy(\.hasPassed) ? 0 : 2
    }

    /// The report in plain lines, one line, or JSON.
    public func text(isJSON: Bool) -> String {
        guard isJSON else { return CheckReport.text(plain) }
        return JSONValue.object([
            "schema": .string(ProbeResult.schema), "exit": .integer(Int64(exit)), "url": .string(url),
            "runs": .array(verdicts.map(Self.json)),
        ]).prettyText + "\n"
    }

    private var plain: [String] {
        let bad = verdicts.count { !$0.hasPassed }
        let paths = Set(verdicts.map(\.run.path)).count
        var lines = [
            "\(exit == 0 ? "OK" : exit == 3 ? "UNKNOWN" : "CRITICAL"): \(url)  "
                + "\(CountText.plural(paths, "path")), \(CountText.plural(verdicts.count, "run")), "
                + "\(bad) failed"
        ]
        for verdict in verdicts {
            let run = verdict.run
            let mark = verdict.hasPassed ? "ok  " : "FAIL"
            lines.append(
                "  \(mark)  \(run.path)  \(CountText.plural(run.events.count, "event")) in "
                    + "\(AgeText.took(run.took))  \(verdict.words.map(\.rawValue).joined(separator: " "))")
            if let failure = run.failure { lines.append("        \(failure)") }
            lines += verdict.violations.map { "        grammar: \($0)" }
            lines += verdict.crossings.map { "        delivered to \(run.user): \($0)" }
        }
        let events = verdicts.reduce(0) { $0.adding($1.run.events.count) }
        let crossings = verdicts.reduce(0) { $0.adding($1.crossingCount) }
        let users = Set(verdicts.map(\.run.user)).count
        lines.append(
            "  isolation  \(CountText.plural(events, "event")) to \(CountText.plural(users, "canary user")), "
                + "\(crossings) of others")
        return lines
    }

    private static func json(_ verdict: ProbeVerdict) -> JSONValue {
        let run = verdict.run
        var object: JSONObject = [
            "path": .string(run.path.rawValue), "user": .string(run.user),
            "passed": .bool(verdict.hasPassed), "answered": .bool(run.wasAnswered),
            "events": .integer(Int64(run.events.count)),
            "eventsSeen": .array(verdict.words.map { .string($0.rawValue) }),
            "tookMs": .integer(run.took.wholeMilliseconds),
            "violations": .array(verdict.violations.map { .string($0) }),
            "crossings": .array(verdict.crossings.map { .string($0) }),
        ]
        object.set("session", run.session)
        object.set("run", run.run)
        object.set("error", run.failure)
        return .object(object)
    }
}
