import PatternDetection
import WireProtocol

/// One path of the migration map: where it should be, where it is, and how it came there.
public struct CoverageRow: Equatable, Sendable {
    /// Which path.
    public let key: PathKey
    /// The declared target.
    public let expected: Verdict
    /// How we judge it.
    public let detected: Verdict
    /// How its last creation ended.
    public let outcome: OutcomeRecord
    /// What each pattern served, the newest first.
    public let uses: [Use]
    /// The verdicts it had, oldest first.
    public let stretches: [PatternStretch]
    /// When it went back, if it did.
    public let regressedAt: Timestamp?

    /// One pattern's part in a path's work.
    public struct Use: Equatable, Sendable {
        /// The pattern's name.
        public let pattern: String
        /// Creations by it that were seen, good and bad ones.
        public let creations: Int
        /// Its share of those, in whole percent; nil where none was seen.
        public let share: Int?
        /// When it served last, as far as is known.
        public let lastUsedAt: Timestamp?
    }
}

extension ConsoleState {
    /// The map of every path of every backend.
    public func migrationCoverage() -> [CoverageRow] {
        backends.flatMap { backend in
            backend.paths.values.map { path in
                CoverageRow(
                    key: PathKey(backend: backend.key, id: path.record.path), expected: expected(path),
                    detected: path.judgement.verdict, outcome: path.record.lastOutcome, uses: path.uses,
                    stretches: path.stretches, regressedAt: path.regression(now: now(of: backend))?.at)
            }
        }
    }

    /// The map as lines of text: one a path, with its past below where it has one.
    public func coverageLines() -> [String] {
        migrationCoverage().flatMap { row -> [String] in
            let outcome = row.outcome.error ?? row.outcome.status.rawValue
            var lines = [
                "\(row.key.id)  expected \(row.expected)  detected \(row.detected)  last \(outcome)"
            ]
            for use in row.uses {
                let share =
                    use.share.map { " \($0) % of \(CountText.plural(use.creations, "creation"))" } ?? ""
                let last = use.lastUsedAt.map { ", last \($0.rfc3339)" } ?? ""
                lines.append("  \(use.pattern)\(share)\(last)")
            }
            if row.stretches.count > 1 {
                let past = row.stretches.map { "\($0.verdict) since \($0.since.rfc3339)" }
                lines.append("  was " + past.joined(separator: ", then "))
            }
            if let at = row.regressedAt { lines.append("  went back at \(at.rfc3339)") }
            return lines
        }
    }
}

extension PathState {
    /// What each pattern served on this path, the newest use first.
    var uses: [CoverageRow.Use] {
        var creations: [String: Int] = [:]
        for stretch in stretches {
            creations[stretch.verdict.name] = (creations[stretch.verdict.name] ?? 0)
                .adding(stretch.created.adding(stretch.failed))
        }
        let all = creations.values.reduce(0) { $0.adding($1) }
        let names = Set(creations.filter { $0.value > 0 }.keys).union(record.lastUsedAt.keys)
        return names.map { name in
            let count = creations[name] ?? 0
            return CoverageRow.Use(
                pattern: name, creations: count, share: all > 0 ? count * 100 / all : nil,
                lastUsedAt: record.lastUsedAt[name])
        }.sorted { first, second in
            let never = Timestamp(milliseconds: .min)
            let (one, other) = (first.lastUsedAt ?? never, second.lastUsedAt ?? never)
            return one == other ? first.pattern < second.pattern : one > other
        }
    }
}
