import PatternDetection
import WireProtocol

/// One id of a context: its label, its whole value for copying, and how it is shown.
public struct ContextField: Hashable, Sendable {
    /// The label.
    public let label: String
    /// The whole value; nil when the source does not say.
    public let value: String?
    /// The value as it is shown: ids by their tail.
    public let shown: String
    /// What its colour comes from.
    public let severity: Severity?

    init(_ label: String, _ value: String?, shown: String? = nil, severity: Severity? = nil) {
        self.label = label
        self.value = value
        self.shown = shown ?? value ?? AgeText.none
        self.severity = severity
    }
}

extension ContextDetail {
    /// The ids and facts of the context, in the order they are shown.
    public var fields: [ContextField] {
        func id(_ label: String, _ id: (some WireIdentifier)?) -> ContextField {
            ContextField(label, id?.rawValue, shown: id.map { IDText.tail($0.rawValue) })
        }
        let verdict = path?.judgement.verdict ?? .unknown
        let deadline = deadlineIn.map { $0 < .zero ? "passed" : "in " + AgeText.age($0) }
        return [
            ContextField("user", session.user.isEmpty ? nil : session.user),
            id("context", context?.id), ContextField("path", session.path?.rawValue),
            id("session", session.key.id), id("run", context?.run ?? runs.first?.key.id),
            ContextField("pattern", patternText(verdict), severity: verdict.severity),
            ContextField(
                "opened", context?.createdAt?.rfc3339, shown: session.age.map { AgeText.age($0) + " ago" }),
            ContextField("request", context?.request, shown: context?.request.map { IDText.tail($0) }),
            ContextField("deadline", context?.deadline?.rfc3339, shown: deadline),
            ContextField(
                "conn", context?.connection, shown: context?.connection.map { IDText.tail($0) }),
            id("dispatch", dispatcher?.record.id),
        ]
    }

    /// `factory, 4 tool classes`.
    private func patternText(_ verdict: Verdict) -> String {
        let classes = path?.record.evidence.first { $0.evidence.field == .toolClasses }
            .flatMap { Int($0.evidence.value) }
        let count = classes.map { ", \($0) tool class\($0 == 1 ? "" : "es")" } ?? ""
        return verdict.longWords + count
    }
}
