import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2, the seed's: the component is nil on purpose, because start-up is on the factory pattern.
    static let patternMismatch = WhyLink(
        id: "why-pattern-mismatch", level: .immediateCause,
        joins: "A requires row names a component; that component's row is nil; tool_classes is a count.",
        observe: "the rows requires, the component it names, and tool_classes"
    ) { question in
        guard let requires = question.row(.requires) else { return nil }
        let component = requires.evidence.value
        guard let slot = question.row(EvidenceField(rawValue: component)),
            SlotState(value: slot.evidence.value) == .nil, let classes = question.row(.toolClasses),
            case .count(let count)? = ToolClasses(value: classes.evidence.value)
        else { return nil }
        return Answer(
            headline: "Pattern mismatch",
            statement:
                "\(component) is nil because \(slot.evidence.source) sets "
                + "\(count == 1 ? "1 tool class" : "\(count) tool classes") instead: user-context-based creation; "
                + "\(requires.evidence.source) still expects the legacy singleton",
            evidence: [slot, classes, requires],
            remedy:
                "Accept a nil \(component) on \(question.pathName) when tool classes are set, and create per user."
        )
    }
}
