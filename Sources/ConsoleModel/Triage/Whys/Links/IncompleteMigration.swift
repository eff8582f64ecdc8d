import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 3, the seed's: other paths of the same backend have arrived, this one has not.
    static let incompleteMigration = WhyLink(
        id: "why-incomplete-migration", level: .systemFailure,
        joins:
            "Other paths of the same backend are on the factory pattern; this path is not, or cannot create.",
        observe: "another path of the same backend on the factory pattern"
    ) { question in
        guard let path = question.path, isBehind(path) else { return nil }
        switch question.finding.subject {
        case .path, .backend: break
        case .session, .run, .dispatcher: return nil
        }
        let arrived = question.backend.paths.values.filter { other in
            other.record.path != path.record.path && !isBehind(other)
                && (other.judgement.verdict == .factory || other.judgement.verdict == .factoryFallback)
        }.sorted { $0.record.path < $1.record.path }
        guard !arrived.isEmpty else { return nil }
        let names = arrived.map(\.record.path.rawValue).joined(separator: ", ")
        let expected = question.state.expected(path)
        var rows = arrived.map {
            ConsoleState.row(
                "\($0.record.path).detected", "\($0.judgement.verdict)", "ctxtop", at: $0.judgedSince)
        }
        rows.append(
            ConsoleState.row(
                "\(path.record.path).detected", "\(path.judgement.verdict)", "ctxtop", at: path.judgedSince))
        if expected != .unknown {
            rows.append(ConsoleState.row("\(path.record.path).expected", "\(expected)", "declared", at: nil))
        }
        let lag =
            path.judgement.verdict == .factory
            ? "\(path.record.path) is on it too and cannot create"
            : "\(path.record.path) was not updated for it: \(path.judgement.verdict)"
        return Answer(
            headline: "Incomplete migration",
            statement:
                "the migration from singleton to factory is incomplete: \(names) on the factory pattern, \(lag)",
            evidence: rows,
            remedy: "Update the initialisation of \(path.record.path) as \(names) was, in one change.")
    }

    /// Whether a path is not where a migration leads, or there and failing.
    private static func isBehind(_ path: PathState) -> Bool {
        switch path.judgement.verdict {
        case .factory, .factoryFallback: path.record.lastOutcome.status == .error
        case .singleton, .mixed, .hollow, .unconfigured, .missingComponent: true
        case .unknown: false
        }
    }
}
