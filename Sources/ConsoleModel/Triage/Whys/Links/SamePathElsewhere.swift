import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 3: the same rule fires for others on the same path: the path's code does it, not one user.
    static let samePathElsewhere = WhyLink(
        id: "why-same-path", level: .systemFailure,
        joins: "Findings of the same rule, joined on the path of their run, session or dispatcher.",
        observe: "the same finding for another user of the path"
    ) { question in
        switch question.finding.subject {
        case .run, .session, .dispatcher: break
        case .path, .backend: return nil
        }
        guard let path = question.path else { return nil }
        let same = question.state.currentFindings.filter { other in
            other.rule == question.finding.rule && other.key != question.finding.key
                && WhyQuestion(other, question.state)?.path?.record.path == path.record.path
        }
        guard !same.isEmpty else { return nil }
        return Answer(
            headline: "The path, not the user",
            statement:
                "\(CountText.plural(same.count, "other")) on \(question.pathName) have \(question.finding.rule) too",
            evidence: same.prefix(6).map {
                ConsoleState.row($0.rule, "\($0.subject.text): \($0.summary)", "ctxtop", at: $0.since)
            }, remedy: "Compare the code of \(question.pathName) with a path that has no such finding.")
    }
}

extension ConsoleState {
    /// The findings as the store keeps them, else as triage says now.
    var currentFindings: [Finding] { findings.isEmpty ? triage() : findings }
}
