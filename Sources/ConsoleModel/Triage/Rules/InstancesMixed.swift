import PatternDetection
import WireProtocol

extension TriageRule {
    private static let recent = RuleLimit.time(
        "instances-mixed", "recent", .seconds(600),
        source: "a rolling deploy replaces its replicas within ten minutes")

    /// Several instances answer behind one address, so that each answer is about another one.
    static let instancesMixed = TriageRule(
        id: "instances-mixed", checks: "Several instances or boots take turns behind one address.",
        threshold: "an earlier one answers again after a later one, within 10 min",
        source: "a balancer gives every request to another replica, and sums over them mean nothing",
        advice: "Name each replica as a target of its own, or pin this console to one of them.",
        severity: .warning, urgency: .error, limits: [recent],
        rows: "each instance, and when it answered last",
        silence: "one instance after the other, as a deploy or a restart leaves them"
    ) { view in
        let boots = view.bootsThatTakeTurns
        guard !boots.isEmpty else { return [] }
        return [
            Observation(
                .backend(view.backend.name),
                "\(CountText.plural(boots.count, "instance")) take turns behind one address: "
                    + boots.prefix(3).map(\.name).joined(separator: "; "),
                evidence: boots.map { boot in
                    ConsoleState.row("instance", boot.name, "answers", at: boot.seen.lastAt)
                }, since: boots.map(\.seen.firstAt).max())
        ]
    }

    fileprivate static func recentBoots(_ view: BackendView) -> [(name: String, seen: SeenBoots.Sighting)] {
        view.backend.memory.boots.sightings.filter { !view.isOlder($0.value.lastAt, than: recent) }
            .map { id, seen in ("\(seen.instance.map { $0 + ", " } ?? "")boot \(id)", seen) }
            .sorted { $0.0 < $1.0 }
    }
}

extension BackendView {
    /// The boots that were heard of lately, where an earlier one answered again after a later one; else none.
    var bootsThatTakeTurns: [(name: String, seen: SeenBoots.Sighting)] {
        let boots = TriageRule.recentBoots(self)
        let isMixed = boots.contains { one in
            boots.contains { other in
                one.seen.firstTurn < other.seen.firstTurn && one.seen.lastTurn > other.seen.firstTurn
            }
        }
        return isMixed ? boots : []
    }
}
