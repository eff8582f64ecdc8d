import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The dispatchers of every user, the needy first.
enum DispatchersView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        frame.drawView(
            state.dispatcherTable(), state, in: rect,
            empty: EmptyTexts(
                none: "No dispatcher yet: one is made when a session opens.",
                notObservable: state.whyNotObservable("dispatcher"))
        ) { row, width in lines(row, width: width) }
    }

    /// One dispatcher in lines: whose it is, what it did, every step of its life.
    static func lines(_ row: DispatcherRow, width: Int) -> [StyledLine] {
        let record = row.record
        var lines: [StyledLine] = [
            StyledLine(" \(record.id)", Style(.accent)),
            .field("state", row.stateText, row.severity?.style ?? .normal),
            .field("pattern", record.pattern.longWords, record.pattern.severity.style),
            .field("session", record.session?.rawValue ?? "–"),
            .field("age", AgeText.age(row.age)),
            .field(
                "executed",
                "\(CountText.grouped(record.executed))  failed \(CountText.grouped(record.failed))  in flight \(record.inFlight)"
            ),
            .heading(record.owners.count > 1 ? "OWNERS \(record.owners.count)" : "OWNER"),
        ]
        lines += record.owners.prefix(8).map { StyledLine("   \($0)") }
        if record.owners.count > 8 {
            lines.append(StyledLine("   and \(record.owners.count - 8) more", .dim))
        }
        lines.append(.heading("LIFE"))
        if row.transitions.isEmpty { lines.append(StyledLine("   began before we watched", .dim)) }
        lines += row.transitions.suffix(16).map { step in
            StyledLine("   " + step.at.clockWithMilliseconds, .dim).then("  \(step.to.rawValue)")
                .then(step.reason.map { "  " + $0 } ?? "", .dim)
        }
        return lines
    }
}

/// One dispatcher with its past and its sessions.
enum DispatcherView {
    static func lines(_ key: DispatcherKey, _ state: ConsoleState, width: Int) -> [StyledLine] {
        guard let row = state.dispatcherRows().first(where: { $0.key == key }) else {
            return [StyledLine(" This dispatcher is not known any more.", .dim)]
        }
        return DispatchersView.lines(row, width: width) + [StyledLine()]
            + SessionLines.lines(state.sessionRows(servedBy: key), width: width)
    }
}
