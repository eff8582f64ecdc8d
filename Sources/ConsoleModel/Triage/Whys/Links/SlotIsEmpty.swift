import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: neither pattern's evidence is there: the slots are empty, absent or global.
    static let slotIsEmpty = WhyLink(
        id: "why-slots", level: .immediateCause,
        joins: "The verdict is hollow, unconfigured, singleton or mixed; the rows that decided it.",
        observe: "the path's tool_classes and legacy slot"
    ) { question in
        guard let path = question.path, let classes = question.row(.toolClasses), isAboutPattern(question)
        else {
            return nil
        }
        let slots = path.judgement.decidedBy.map { "\($0.field) \($0.value)" }.joined(separator: ", ")
        let source = classes.evidence.source
        let (headline, statement, remedy): (String, String, String)
        switch path.judgement.verdict {
        case .hollow:
            (headline, statement, remedy) = (
                "Nothing to dispatch with", "\(source) left \(question.pathName) without tools: \(slots)",
                "Configure tool classes for \(question.pathName), and refuse to start without them."
            )
        case .unconfigured:
            (headline, statement, remedy) = (
                "Nothing configured",
                "\(source) configured neither pattern for \(question.pathName): \(slots)",
                "Configure tool classes for \(question.pathName) before it accepts work."
            )
        case .singleton:
            (headline, statement, remedy) = (
                "Legacy pattern", "\(source) gives \(question.pathName) the global dispatcher: \(slots)",
                "Give \(question.pathName) tool classes, and create per user."
            )
        case .mixed:
            (headline, statement, remedy) = (
                "Two patterns",
                "\(source) sets both patterns for \(question.pathName), \(path.judgement.wins?.name ?? "neither") "
                    + "wins: \(slots)", "Remove the pattern of \(question.pathName) that loses."
            )
        case .factory, .factoryFallback, .missingComponent, .unknown: return nil
        }
        return Answer(headline: headline, statement: statement, evidence: path.decidingRows, remedy: remedy)
    }

    /// Whether the finding is about a path's pattern or creations, not about one user's work.
    private static func isAboutPattern(_ question: WhyQuestion) -> Bool {
        switch question.finding.subject {
        case .path, .backend: true
        case .session, .run, .dispatcher: false
        }
    }
}
