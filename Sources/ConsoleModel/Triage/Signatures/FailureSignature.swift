/// A failure that was proven somewhere before: how it looks, why it happens, how it was fixed.
///
/// The 35 of a supervisor-based chat backend, T01 to T35, each read in its sources or reports;
/// what is matched are its own error words, never a guess from a shape.
public struct FailureSignature: Hashable, Sendable {
    /// Where its words can appear.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// The error of a dispatcher creation.
        case creation
        /// The message of a RUN_ERROR.
        case run
        /// The reason of a session's or connection's end.
        case close
        /// The error of start-up.
        case startup
        /// A health check's output or the answer's reason.
        case health
    }

    /// How a console can see it.
    public enum Visibility: Hashable, Sendable {
        /// By its words, in these places.
        case words([Source])
        /// By what was observed, through these rules.
        case rules([String])
        /// Not at all from health, snapshot and events, and why.
        case hidden(String)
    }

    /// `T01` to `T35`.
    public let id: String
    /// What people notice.
    public let symptom: String
    /// What it was each time it was proven.
    public let cause: String
    /// What fixed it.
    public let fix: String
    /// How a console can see it.
    public let visibility: Visibility
    /// Texts of which one must be in the message; a text of several parts joined by `…` needs all, in order.
    let patterns: [String]
    /// Whether only the path's rows can prove the cause; the words alone then explain nothing.
    let needsRows: Bool
    /// Whether it is no failure while the backend starts; `known-failure.grace` says how long that is.
    let hasGrace: Bool

    init(
        _ id: String, _ symptom: String, cause: String, fix: String, _ visibility: Visibility,
        _ patterns: [String] = [], needsRows: Bool = false, hasGrace: Bool = false
    ) {
        self.id = id
        self.symptom = symptom
        self.cause = cause
        self.fix = fix
        self.visibility = visibility
        self.patterns = patterns
        self.needsRows = needsRows
        self.hasGrace = hasGrace
    }

    /// The first signature whose words are in the text and may appear in one of these places.
    public static func matching(_ text: String, in sources: [Source]) -> FailureSignature? {
        all.first { signature in
            guard case .words(let places) = signature.visibility, places.contains(where: sources.contains)
            else { return false }
            return signature.patterns.contains { text.holds($0) }
        }
    }

    /// The signature of that id.
    public static func of(_ id: String) -> FailureSignature? { all.first { $0.id == id } }

    /// How many of the 35 this console can see.
    public static var visibleCount: Int {
        all.count { if case .hidden = $0.visibility { false } else { true } }
    }
}

extension String {
    /// Whether the parts of a pattern, joined by `…`, stand in this text in their order; case counts.
    fileprivate func holds(_ pattern: String) -> Bool {
        var rest = self[...]
        for part in pattern.split(separator: "…") {
            guard let place = rest.firstPlace(of: part) else { return false }
            rest = rest[place...].dropFirst(part.count)
        }
        return true
    }
}

extension Substring {
    /// Where `part` stands first.
    fileprivate func firstPlace(of part: Substring) -> Index? {
        guard let first = part.first else { return startIndex }
        var place = startIndex
        while place < endIndex {
            if self[place] == first, self[place...].hasPrefix(part) { return place }
            place = index(after: place)
        }
        return nil
    }
}
