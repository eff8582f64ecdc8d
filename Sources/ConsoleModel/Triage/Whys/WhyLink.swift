import PatternDetection
import WireProtocol

/// One way to answer one why: a query over the evidence, and the rule that joins its rows.
public struct WhyLink: Sendable {
    /// What a query found.
    struct Answer {
        var headline: String
        var statement: String
        var evidence: [EvidenceRecord]
        var remedy: String
    }

    /// A stable name, `why-…`; `ctxtop explain` knows it.
    public let id: String
    /// Which why it answers.
    public let level: WhyLevel
    /// Which rows it needs and how it joins them, as one sentence.
    public let joins: String
    /// What would have to be seen where it finds nothing.
    public let observe: String
    /// The query; nil when a row that it needs is not there.
    let answer: @Sendable (WhyQuestion) -> Answer?

    /// Every link, level by level; the first one of a level that answers is taken. Joins on ids stand first.
    public static let all: [WhyLink] = [
        .creationFails, .findingItself,
        .dispatcherGoneUnderRun, .sessionEnded, .secondOwner, .waitsForTool, .patternMismatch,
        .componentAbsent,
        .slotIsEmpty, .knownFailure,
        .sameToolElsewhere, .samePathElsewhere, .incompleteMigration,
        .untestedPath, .unprobedPath,
        .pathOutsideTheList, .twoInitialisers,
    ]
}

extension ConsoleState {
    /// Asks why five times, from evidence alone.
    public func fiveWhys(_ finding: Finding) -> FiveWhys {
        guard let question = WhyQuestion(finding, self) else {
            return FiveWhys(
                finding: finding, whys: [], stop: WhyStop(level: .symptom, observe: "the backend"))
        }
        var asked = question
        for level in WhyLevel.allCases {
            guard let why = answer(asked, level) else {
                return FiveWhys(
                    finding: finding, whys: asked.earlier,
                    stop: WhyStop(level: level, observe: asked.missing(at: level)))
            }
            asked.earlier.append(why)
        }
        return FiveWhys(finding: finding, whys: asked.earlier, stop: nil)
    }

    private func answer(_ question: WhyQuestion, _ level: WhyLevel) -> Why? {
        for link in WhyLink.all where link.level == level {
            guard let found = link.answer(question), !found.evidence.isEmpty else { continue }
            return Why(
                level: level, link: link.id, headline: found.headline, statement: found.statement,
                evidence: found.evidence, remedy: found.remedy)
        }
        return nil
    }
}
