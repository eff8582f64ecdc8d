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
                    ConsoleState.row("instance", boot.name, "snapshot", at: boot.heard.upperBound)
                }, since: boots.map(\.heard.lowerBound).max())
        ]
    }

    fileprivate static func recentBoots(_ view: BackendView) -> [(
        name: String, heard: ClosedRange<Timestamp>
    )] {
        view.backend.memory.boots.filter { !view.isOlder($0.value.upperBound, than: recent) }
            .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
}

extension BackendView {
    /// The boots that were heard of lately, where an earlier one answered again after a later one; else none.
    var bootsThatTakeTurns: [(name: String, heard: ClosedRange<Timestamp>)] {
        let boots = TriageRule.recentBoots(self)
        let isMixed = boots.contains { one in
            boots.contains { other in
                one.heard.lowerBound < other.heard.lowerBound && one.heard.upperBound > other.heard.lowerBound
            }
        }
        return isMixed ? boots : []
    }
}
