import PatternDetection
import WireProtocol

/// The words of `ctxtop explain ID`: what a rule, a verdict, a field or a signature means and what to do.
public struct Explanation: Hashable, Sendable {
    /// What kind of thing is explained.
    public enum Kind: String, Hashable, Sendable, CaseIterable { case rule, verdict, field, link, signature }

    /// A rule's id, a verdict's name, an evidence field, a why link or a signature.
    public let id: String
    /// What kind of thing it is.
    public let kind: Kind
    /// What it means.
    public let meaning: String
    /// Its limits, or the evidence that decides it.
    public let threshold: String
    /// Where it comes from.
    public let source: String
    /// What to do.
    public let advice: String
    /// How urgent it is by itself.
    public let severity: Severity
    /// Which rows it shows; empty where that is no question.
    public var rows = ""
    /// When it stays silent; empty where that is no question.
    public var silence = ""
    /// The numbers that can be changed, as `ID.NAME=VALUE  where it comes from`.
    public var limits: [String] = []

    /// Every rule, verdict, evidence field, why link and signature.
    public static let all: [Explanation] = rules + verdicts + fields + links + signatures

    /// The explanation of an id; case counts, as on the wire.
    public static func of(_ id: String) -> Explanation? { all.first { $0.id == id } }

    private static let rules = TriageRule.all.map { rule in
        var explanation = Explanation(
            id: rule.id, kind: .rule, meaning: rule.checks, threshold: rule.threshold, source: rule.source,
            advice: rule.advice, severity: rule.severity)
        explanation.rows = rule.rows
        explanation.silence = rule.silence
        explanation.limits = rule.limits.map { "\($0.key)=\($0.words($0.standard))  \($0.source)" }
        return explanation
    }

    private static let links = WhyLink.all.map { link in
        Explanation(
            id: link.id, kind: .link,
            meaning: "Answers why \(link.level.rawValue), the \(link.level.title.lowercased()).",
            threshold: "every row that it joins must be there: \(link.joins)",
            source: "the seed's five whys; issue 6",
            advice: "Where it finds nothing, observe \(link.observe).",
            severity: .ok)
    }

    private static let signatures = FailureSignature.all.map { signature in
        let (seen, rows): (String, String) =
            switch signature.visibility {
            case .words(let places):
                (
                    "its words: " + signature.patterns.joined(separator: " | "),
                    "in the error of a " + places.map(\.rawValue).joined(separator: ", ")
                )
            case .rules(let ids):
                ("what was observed, through " + ids.joined(separator: ", "), "those of the rules")
            case .hidden(let why): ("not visible from health, snapshot and events: \(why)", "none")
            }
        var explanation = Explanation(
            id: signature.id, kind: .signature, meaning: "\(signature.symptom): \(signature.cause).",
            threshold: seen, source: "research on the seed's backend, failure signatures",
            advice: signature.fix,
            severity: .warning)
        explanation.rows = rows
        return explanation
    }
}
