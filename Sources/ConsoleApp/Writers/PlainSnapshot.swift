public import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The model as text for pipes and logs: no escape sequence ever, controls from the wire as U+FFFD.
public enum PlainSnapshot {
    /// The whole state in lines.
    public static func text(_ state: ConsoleState) -> String {
        var lines: [String] = []
        let pulse = state.pulseSummary()
        for backend in pulse.backends {
            let since = backend.since.map { " " + AgeText.age($0) } ?? ""
            lines.append("\(backend.name)  \(backend.word)\(since)  \(backend.text)")
            let code = state.backend(backend.key)?.health.record.httpStatus.map { "  HTTP \($0)" } ?? ""
            lines.append("  \(backend.health)\(code)  link \(backend.link.state.rawValue)")
            lines += coverage(state.backend(backend.key)?.dialect)
            lines += (state.backend(backend.key)?.unread ?? []).map {
                "  \($0.part.rawValue) not read: \($0.address): \($0.failure ?? "")"
            }
        }
        lines += table("PATHS", state.pathTable())
        lines += table("SESSIONS", state.sessionTable())
        lines += table("DISPATCHERS", state.dispatcherTable())
        lines += table("FINDINGS", state.findingTable())
        let counters = pulse.backends.map(\.counters)
        let received = counters.reduce(0) { $0.adding($1.eventsReceived) }
        let dropped = counters.reduce(0) { $0.adding($1.eventsDropped) }
        let errors = counters.reduce(0) { $0.adding($1.decodeErrors) }
        lines += ["", "events \(received)  dropped \(dropped)  not readable \(errors)"]
        return lines.map { PlainText.sanitized($0) + "\n" }.joined()
    }

    private static func coverage(_ dialect: DialectStatus?) -> [String] {
        guard let dialect, !dialect.name.isEmpty else { return [] }
        return ["  dialect \(dialect.name): \(dialect.coverage.summary)"]
            + dialect.coverage.partialLists.map { "  \($0)" }
            + dialect.notObservable.map { "  not observable: \($0)" }
            + dialect.coverage.notes.map { "  note: \($0)" }
            + dialect.coverage.exposingLines.map { "  would expose the pattern: \($0)" }
    }

    /// At most this many rows of a table; the rest is counted.
    private static let maximumRows = 40

    private static func table<Row: TableRow>(_ title: String, _ table: Table<Row>) -> [String] {
        let columns = Row.columns.fitted(to: 118)
        var lines = ["", "\(title) \(table.rows.count)"]
        if table.rows.isEmpty { return lines + ["  none"] }
        let heading = columns.map { padded($0.column.title, $0.width, $0.column.alignment == .right) }
        lines.append("  " + trimmed(heading.joined(separator: " ")))
        for row in table.rows.prefix(maximumRows) {
            let cells = columns.map { padded($0.column.text(row), $0.width, $0.column.alignment == .right) }
            lines.append("  " + trimmed(cells.joined(separator: " ")))
        }
        if table.rows.count > maximumRows { lines.append("  … \(table.rows.count - maximumRows) more") }
        return lines
    }

    private static func padded(_ text: String, _ width: Int, _ isRight: Bool) -> String {
        let text = PlainText.sanitized(text)
        let metrics = TextMetrics.standard
        if metrics.width(of: text) > width {
            var cut = text
            while metrics.width(of: cut) > max(0, width - 1) { cut.removeLast() }
            return cut + "…"
        }
        let space = String(repeating: " ", count: width - metrics.width(of: text))
        return isRight ? space + text : text + space
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
