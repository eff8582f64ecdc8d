import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: the run's last open call names the tool that it waits for.
    static let waitsForTool = WhyLink(
        id: "why-waits-for-tool", level: .immediateCause,
        joins: "The run has an open tool call; its start, and the tool's own p95 where there is one.",
        observe: "the run's last event"
    ) { question in
        guard let run = question.run, run.state == .open, let tool = run.tools.last,
            question.isAboutWork
        else { return nil }
        let name = question.state.text(tool.name)
        let waited = question.state.now(of: question.backend).since(tool.since)
        var rows = [ConsoleState.row("tool_executing", name, "events", at: tool.since)]
        var usual = "no finished call to compare with"
        if let baseline = question.backend.statistics.toolP95(tool.name) {
            usual = "its p95 is \(AgeText.took(baseline.p95)), n=\(baseline.count)"
            rows.append(
                ConsoleState.row(
                    "tool_p95", "\(AgeText.took(baseline.p95)) of \(baseline.count) calls", "events", at: nil)
            )
        }
        return Answer(
            headline: "Waits for a tool",
            statement: "\(name) has been executing for \(AgeText.exact(waited)) without a result; \(usual)",
            evidence: rows, remedy: "Give \(name) a deadline, and report its end as tool_completed.")
    }
}

extension WhyQuestion {
    /// Whether the finding is about one user's work.
    var isAboutWork: Bool {
        switch finding.subject {
        case .session, .run: true
        case .path, .backend, .dispatcher: false
        }
    }
}
