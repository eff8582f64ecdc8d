import PatternDetection
import WireProtocol

extension TriageRule {
    private static let recent = RuleLimit.time(
        "replicas-mixed", "recent", .seconds(600),
        source: "a rolling deploy replaces its replicas within ten minutes")

    /// Replicas behind one load balancer have different patterns on the same path.
    static let replicasMixed = TriageRule(
        id: "replicas-mixed", checks: "Replicas of one backend have different patterns on the same path.",
        threshold: "2 replicas heard of within 10 min whose verdicts differ", source: "issue 6",
        advice: "Finish the deploy on every replica, or roll it back: users get another pattern by chance.",
        severity: .warning, urgency: .error, limits: [recent],
        rows: "each replica with its verdict, and when it said so",
        silence: "replicas that agree; another backend, by its name; what was heard too long ago",
        check: .comparing { view, all in
            var byPath: [ConsumerPath: [(String, Verdict, Timestamp)]] = [:]
            for (name, said) in replicas(of: view.backend, among: all)
            where !view.isOlder(said.at, than: recent) {
                for (path, verdict) in said.verdicts where verdict != .unknown {
                    byPath[path, default: []].append((name, verdict, said.at))
                }
            }
            return byPath.sorted { $0.key < $1.key }.compactMap { path, said in
                guard Set(said.map(\.1)).count > 1 else { return nil }
                let ordered = said.sorted { $0.0 < $1.0 }
                return Observation(
                    .path(path),
                    "\(path): " + ordered.map { "\($0.0) is on \($0.1)" }.joined(separator: ", "),
                    evidence: ordered.map { name, verdict, at in
                        ConsoleState.row("\(name).detected", "\(verdict)", "ctxtop", at: at)
                    }, since: ordered.map(\.2).min())
            }
        })

    /// What the replicas of a backend say: those behind its address, and other targets of the same name.
    private static func replicas(
        of backend: BackendState, among all: [BackendView]
    ) -> [String: ReplicaVerdicts] {
        guard !backend.identity.name.isEmpty else { return backend.memory.replicas }
        var found: [String: ReplicaVerdicts] = [:]
        for view in all where view.backend.identity.name == backend.identity.name {
            let other = view.backend
            // Each pair is reported once, at the first of the targets.
            if other.key < backend.key {
                return backend.memory.replicas.count > 1 ? backend.memory.replicas : [:]
            }
            for (name, said) in other.memory.replicas {
                found[other.key == backend.key ? name : "\(name) (\(other.url))"] = said
            }
        }
        return found
    }
}
