import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: a component that the path needs was never made by start-up.
    static let componentAbsent = WhyLink(
        id: "why-component-absent", level: .immediateCause,
        joins: "The verdict is missingComponent, and the component's own row says absent.",
        observe: "the missing component's own row"
    ) { question in
        guard let path = question.path, case .missingComponent(let component) = path.judgement.verdict,
            let slot = question.row(EvidenceField(rawValue: component)),
            SlotState(value: slot.evidence.value) == .absent
        else { return nil }
        return Answer(
            headline: "Component never made",
            statement:
                "\(component) is absent: \(slot.evidence.source) did not make it for \(question.pathName)",
            evidence: [slot] + path.decidingRows.filter { $0 != slot },
            remedy: "Make \(component) in \(slot.evidence.source) before \(question.pathName) accepts work.")
    }
}
