import PatternDetection
import WireProtocol

extension TriageRule {
    /// Work came in by a path that nobody declared.
    static let pathUnregistered = TriageRule(
        id: "path-unregistered", checks: "An event names a consumer path that is on no declared list.",
        threshold: "1 event; without a declared list, a path of no known kind",
        source: "DESIGN.md §1; issue 2, ConsumerPath.all is exhaustive",
        advice: "Add the path to the backend's list, with its own initialisation and health check.",
        severity: .warning, urgency: .error, rows: "the path, and the declared ones",
        silence: "without a declared list: any path of a known kind"
    ) { view in
        let hasList = view.backend.paths.values.contains { $0.isDeclared }
        return view.backend.paths.values.compactMap { (path: PathState) -> Observation? in
            guard !path.isDeclared, hasList || path.record.path.kind == nil else { return nil }
            let declared = view.backend.paths.values.filter(\.isDeclared).map(\.record.path.rawValue).sorted()
            let list = declared.isEmpty ? "none" : declared.joined(separator: ", ")
            return Observation(
                .path(path.record.path), "\(path.record.path) is on no list; declared: \(list)",
                evidence: [
                    ConsoleState.row("path", path.record.path.rawValue, "event", at: path.firstSeenAt),
                    ConsoleState.row("declared", list, "snapshot", at: nil),
                ], since: path.firstSeenAt)
        }
    }
}
