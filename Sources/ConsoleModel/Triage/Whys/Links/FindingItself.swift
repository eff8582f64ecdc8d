import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 1 for everything else: the finding, with the rows that made its rule fire.
    static let findingItself = WhyLink(
        id: "why-finding", level: .symptom, joins: "The rows that made the finding's rule fire.",
        observe: "the finding's own rows"
    ) { question in
        Answer(
            headline: "Finding", statement: question.finding.summary, evidence: question.finding.evidence,
            remedy: question.finding.advice)
    }
}
