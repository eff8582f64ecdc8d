import PatternDetection
import WireProtocol

extension Fault {
    /// Events of one kind are lost on the way.
    static let dropEvent = Fault(
        "drop-event", "events of that operator word or AG-UI type never arrive", parameter: "NAME",
        values: OperatorWord.allCases.map(\.rawValue)
            + EventType.allCases.filter { $0 != .unrecognized }.map { "\($0.wireName)" }
    ).with {
        $0.misdelivers = { event, name in
            "\(event.type.wireName)" == name || event.type.operatorWord?.rawValue == name ? .drop : .none
        }
    }
}
