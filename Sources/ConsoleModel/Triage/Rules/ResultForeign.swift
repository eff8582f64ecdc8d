import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "result-foreign", "remembered", .seconds(3_600),
        source:
            "a breach must be seen by the next person who looks; the isolation statement keeps it for good")

    /// The result of a tool call arrived in another run than the call.
    static let resultForeign = TriageRule(
        id: "result-foreign",
        checks: "A tool's result came in a run that never made the call, while another run waits.",
        threshold: "1 result whose call id is open in another run, within the last hour",
        source: "issue 6, isolation statement",
        advice:
            "Key the waiting calls by run as well as by call id, and treat the result's content as leaked.",
        severity: .critical, urgency: .breach, limits: [remembered],
        rows: "the run that called, the run that got the result, its time",
        silence: "a result whose call nobody made: that is run-grammar"
    ) { view in
        view.backend.memory.crossings.filter {
            $0.kind == .result && view.isRecent($0.at, remembered)
        }.map { crossing in
            Observation(
                view.subject(ofRun: crossing.subject, of: crossing.other),
                "\(crossing.other)'s run got the result of a call that \(crossing.owner)'s run made",
                evidence: [
                    ConsoleState.row("call.user", crossing.owner, "events", at: nil),
                    ConsoleState.row("result.user", crossing.other, "events", at: crossing.at),
                    ConsoleState.row("result.run", crossing.subject, "events", at: crossing.at),
                ], since: crossing.at)
        }
    }
}
