import WireProtocol

/// How deep a why asks; the five of the seed's report.
public enum WhyLevel: Int, Hashable, Sendable, CaseIterable, Comparable {
    case symptom = 1
    case immediateCause, systemFailure, processGap, rootCause

    /// The less deep first.
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }

    /// The heading of the seed's report: `SURFACE SYMPTOM`.
    public var title: String {
        switch self {
        case .symptom: "SURFACE SYMPTOM"
        case .immediateCause: "IMMEDIATE CAUSE"
        case .systemFailure: "SYSTEM FAILURE"
        case .processGap: "PROCESS GAP"
        case .rootCause: "ROOT CAUSE"
        }
    }

    /// What a remedy on this level is called: the seed's layers.
    public var layer: String {
        switch self {
        case .symptom: "Immediate error handling"
        case .immediateCause: "Pattern support"
        case .systemFailure: "Complete migration"
        case .processGap: "Test coverage"
        case .rootCause: "One abstraction"
        }
    }
}

/// One answer: because of these rows, by that link.
public struct Why: Hashable, Sendable {
    /// How deep it is.
    public let level: WhyLevel
    /// The id of the ``WhyLink`` that joined the rows.
    public let link: String
    /// The answer in a few words, the seed's name for it: `Pattern mismatch`.
    public let headline: String
    /// The answer as one sentence with its names and numbers.
    public let statement: String
    /// The rows that it follows from; never empty.
    public let evidence: [EvidenceRecord]
    /// What to do about it on this level.
    public let remedy: String
}

/// Where a chain ends before the fifth why, and what would have to be seen to go on.
public struct WhyStop: Hashable, Sendable {
    /// The level that has no answer.
    public let level: WhyLevel
    /// What to observe.
    public let observe: String

    /// `no evidence: observe …`.
    public var text: String { "no evidence: observe \(observe)" }
}

/// A finding with the chain of its reasons; it stops where the evidence does.
public struct FiveWhys: Hashable, Sendable {
    /// What is asked about.
    public let finding: Finding
    /// The answers, from the symptom down; at least the symptom.
    public let whys: [Why]
    /// Where it ends early; nil when all five are answered.
    public let stop: WhyStop?
}
