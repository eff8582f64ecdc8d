import Screen
import WireProtocol

/// What a doctor found about one thing: how it stands, and what to do where that is not well.
public struct Diagnosis: Hashable, Sendable {
    /// How a thing stands, from well to broken; `unknown` claims nothing.
    public enum Status: String, Hashable, Sendable, CaseIterable { case ok, unknown, warning, broken }

    /// How it stands.
    public let status: Status
    /// The thing.
    public let what: String
    /// What was seen.
    public let seen: String
    /// What to do; nil where nothing needs doing.
    public let advice: String?

    /// Puts a diagnosis together.
    public init(_ status: Status, _ what: String, _ seen: String, advice: String? = nil) {
        self.status = status
        self.what = what
        self.seen = seen
        self.advice = advice
    }
}

/// A part of the report: diagnoses under one heading, then lines for whoever wants to do something.
public struct DiagnosisSection: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// What was found.
    public let diagnoses: [Diagnosis]
    /// Lines to copy.
    public let lines: [String]

    /// Puts a section together.
    public init(_ title: String, _ diagnoses: [Diagnosis], lines: [String] = []) {
        self.title = title
        self.diagnoses = diagnoses
        self.lines = lines
    }
}

/// What `ctxtop doctor` prints, and how it exits.
public struct DoctorReport: Hashable, Sendable {
    /// Every section, in order.
    public let sections: [DiagnosisSection]
    /// Whether some target gave no answer at all.
    public let isUnreachable: Bool

    /// Puts a report together.
    public init(_ sections: [DiagnosisSection], isUnreachable: Bool) {
        self.sections = sections
        self.isUnreachable = isUnreachable
    }

    private var all: [Diagnosis] { sections.flatMap(\.diagnoses) }

    /// As `check`: 0 everything works, 1 something to fix, 2 something is broken, 3 a target is unreachable.
    public var exit: Int {
        if isUnreachable { return 3 }
        if all.contains(where: { $0.status == .broken }) { return 2 }
        return all.contains(where: { $0.status == .warning }) ? 1 : 0
    }

    /// The report in lines, without any escape sequence; controls from the wire are made harmless.
    public var text: String {
        var lines: [String] = []
        for section in sections {
            lines.append(section.title)
            for diagnosis in section.diagnoses {
                let what = diagnosis.what + String(repeating: " ", count: max(1, 14 - diagnosis.what.count))
                lines.append("  \(Self.mark(diagnosis.status)) \(what)\(diagnosis.seen)")
                if let advice = diagnosis.advice { lines.append("            → \(advice)") }
            }
            lines += section.lines.map { "                  " + $0 }
            lines.append("")
        }
        let toFix = all.count { $0.status == .warning || $0.status == .broken }
        let works = all.count { $0.status == .ok }
        lines.append(
            toFix == 0 ? "\(works) work, nothing to fix" : "\(works) work, \(toFix) to fix: the lines with →")
        return lines.map { PlainText.sanitized($0) + "\n" }.joined()
    }

    private static func mark(_ status: Diagnosis.Status) -> String {
        switch status {
        case .ok: "ok   "
        case .unknown: "?    "
        case .warning: "fix  "
        case .broken: "FAIL "
        }
    }
}
