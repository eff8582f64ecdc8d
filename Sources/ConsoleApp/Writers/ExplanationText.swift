public import ConsoleModel
import PatternDetection

/// What `ctxtop explain` prints.
public enum ExplanationText {
    /// One explanation in lines: meaning, then each part under its name.
    public static func text(_ explanation: Explanation) -> String {
        var lines = ["\(explanation.id)  (\(explanation.kind.rawValue), \(explanation.severity.rawValue))"]
        lines += [explanation.meaning, ""]
        for (name, words) in [
            ("threshold", explanation.threshold), ("source", explanation.source),
            ("evidence", explanation.rows),
            ("silent", explanation.silence), ("do", explanation.advice),
        ] where !words.isEmpty { lines.append(padded(name) + words) }
        for (index, limit) in explanation.limits.enumerated() {
            lines.append(padded(index == 0 ? "change" : "") + "--rule \(limit)")
        }
        return lines.joined(separator: "\n") + "\n\n"
    }

    /// Every explanation of a kind, one line each.
    public static func list(_ kind: Explanation.Kind) -> String {
        let all = Explanation.all.filter { $0.kind == kind }
        let width = (all.map(\.id.count).max() ?? 0) + 2
        return all.map { explanation in
            let id = explanation.id + String(repeating: " ", count: width - explanation.id.count)
            let how = kind == .signature ? "  [\(explanation.threshold)]" : ""
            return "\(id)\(explanation.meaning)\(how)\n"
        }.joined()
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.count))
    }
}
