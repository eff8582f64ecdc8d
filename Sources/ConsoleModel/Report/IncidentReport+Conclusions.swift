import PatternDetection
import WireProtocol

/// The sections of the seed's report that draw conclusions; each line stands for rows that are held.
extension IncidentReport {
    /// Whether it is over; an open finding has no resolution, and none is made up.
    func resolution(of finding: Finding, _ why: FiveWhys) -> String {
        guard !finding.isHeld else { return "comes and goes; it does not hold at this moment" }
        let known = "\(why.whys.count) of \(WhyLevel.allCases.count) whys answered"
        return "open, \(known)" + (why.stop.map { "; next: observe \($0.observe)" } ?? "")
    }

    /// What it does to users and to work: the seed's business impact, in counts.
    func impact(of finding: Finding) -> [String] {
        let users = state.affectedUsers(by: finding)
        var lines: [String] = []
        if !users.isEmpty {
            lines.append(
                "- \(CountText.plural(users.count, "user")): " + users.prefix(40).joined(separator: ", ")
                    + (users.count > 40 ? " and \(users.count - 40) more" : ""))
        }
        if let path = WhyQuestion(finding, state)?.path {
            let record = path.record
            if record.failed > 0 {
                let last = record.lastOutcome.at.map { ", the last one at \($0.rfc3339)" } ?? ""
                lines.append(
                    "- \(record.path): \(CountText.plural(record.failed, "creation")) failed and "
                        + "\(CountText.grouped(record.created)) succeeded" + last)
            }
            if let since = path.failingSince {
                lines.append("- \(record.path) has created nothing since \(since.rfc3339)")
            }
        }
        return lines.isEmpty ? [] : ["## Impact", ""] + lines + [""]
    }

    /// Which branch of the pattern detection each path takes, and the indicators that say so.
    var detection: [String] {
        let cells = state.backends.flatMap { backend in
            backend.paths.values.filter { !$0.record.evidence.isEmpty }.map { path in
                let rows = path.judgement.decidedBy.map { "\($0.field) \($0.value)" }
                return [
                    path.record.path.rawValue, rows.joined(separator: ", "),
                    Self.branch(of: path.judgement), "\(path.judgement.verdict)",
                ]
            }
        }
        guard !cells.isEmpty else { return [] }
        return ["## Pattern Detection Logic", ""]
            + MarkdownTable.lines(["path", "indicators", "branch", "verdict"], cells) + [""]
    }

    private static func branch(of judgement: Judgement) -> String {
        switch judgement.verdict {
        case .factory: "new pattern: use the factory"
        case .factoryFallback: "new pattern, by a fallback"
        case .singleton: "legacy pattern: use the singleton, with a warning"
        case .mixed: "both: \(judgement.wins?.name ?? "neither") wins"
        case .hollow: "neither, and creation succeeds all the same"
        case .unconfigured: "neither: raise a configuration error"
        case .missingComponent(let name): "not reached: its own code insists on \(name)"
        case .unknown: "no evidence: nothing is decided"
        }
    }

    /// What was learned: an insight of the seed's stands here only where this incident shows it again.
    var lessons: [String] {
        let chains = incidents.map { state.fiveWhys($0) }
        var insights: [String] = []
        var measures: [String] = []
        for why in chains.flatMap(\.whys) where why.level >= .systemFailure {
            let insight = "- **\(why.headline):** \(why.statement)"
            if !insights.contains(insight) { insights.append(insight) }
            guard why.level >= .processGap, !measures.contains("- \(why.remedy)") else { continue }
            measures.append("- \(why.remedy)")
        }
        let lifetimes = findings.count { $0.rule.hasPrefix("dispatcher-") }
        if lifetimes > 0 {
            insights.append(
                "- **Lifecycle:** the factory pattern needs explicit lifecycle management: "
                    + "\(CountText.plural(lifetimes, "dispatcher")) outside of their life")
        }
        let open = state.backends.flatMap { state.checklist($0) }.count { $0.state == .open }
        if open > 0 {
            measures.append(
                "- ctxtop check --checklist in the pipeline: \(CountText.plural(open, "item")) open now")
        }
        var lines: [String] = []
        if !insights.isEmpty { lines += ["### Critical Insights", ""] + insights + [""] }
        if !measures.isEmpty { lines += ["### Prevention Measures", ""] + measures + [""] }
        return lines.isEmpty ? [] : ["## Lessons Learned", ""] + lines
    }

    /// What to do: critical findings at once, warnings and the checklist soon, notices in the long run.
    var actions: [String] {
        let open = state.backends.flatMap { state.checklist($0).filter { $0.state != .done } }
        let terms: [(String, [String])] = [
            ("Immediate", advice(.critical)), ("Short-term", advice(.warning) + open.map(\.text)),
            ("Long-term", advice(.notice)),
        ]
        var seen: Set<String> = []
        var lines: [String] = []
        for (title, all) in terms {
            let fresh = all.filter { seen.insert($0).inserted }
            if !fresh.isEmpty { lines += ["### \(title)", ""] + fresh.map { "- [ ] \($0)" } + [""] }
        }
        return lines.isEmpty ? [] : ["## Future Actions", ""] + lines
    }

    private func advice(_ severity: Severity) -> [String] {
        findings.filter { $0.severity == severity }.map(\.advice)
    }

    /// The whole in a few sentences.
    var summary: [String] {
        guard !findings.isEmpty else { return [] }
        var lines = incidents.map { finding in
            let chain = state.fiveWhys(finding)
            let root = chain.whys.last
            return "- \(finding.subject.text): \(finding.summary). "
                + "Why \(root?.level.rawValue ?? 1): \(root?.statement ?? "not known")"
        }
        let known = state.backends.flatMap { $0.paths.values }.filter { $0.judgement.verdict != .unknown }
        let working = known.count {
            ($0.judgement.verdict == .factory || $0.judgement.verdict == .factoryFallback)
                && $0.record.lastOutcome.status != .error
        }
        if !known.isEmpty {
            lines.append("- \(working) of \(known.count) paths are on the factory pattern and working")
        }
        let statement = state.isolationStatement()
        if statement.events > 0 { lines.append("- isolation: \(statement.text)") }
        return ["## Summary", ""] + lines + [""]
    }
}
