import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One event: what it says, where it belongs, and its line, pretty.
enum EventView {
    static func lines(_ number: Int, _ state: ConsoleState, width: Int) -> [StyledLine] {
        guard let row = state.eventRow(number) else {
            return [StyledLine(" This event was let go to stay inside the memory limit.", .dim)]
        }
        let style = row.severity?.style ?? Style(.accent)
        var lines = [
            StyledLine(" \(row.word)", Style(style.role, isBold: true)).then("  " + row.timeText, .dim)
        ]
        lines += Wrapping.lines(state.pairedDetail(row), width: width - 4).map { StyledLine("   " + $0) }
        lines += facts(row, state)
        if let bookmark = state.bookmark(of: number) {
            lines.append(
                .field("bookmark", bookmark.note.isEmpty ? "no note" : bookmark.note, Style(.accent)))
        }
        lines += [StyledLine(), .heading("RAW \(CountText.grouped(row.line.count)) bytes, y copies it")]
        let pretty =
            (try? JSONParser.parse(row.line))?.prettyText ?? String(decoding: row.line, as: UTF8.self)
        return lines
            + pretty.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
                wrapped(String($0), width)
            }
    }

    private static func facts(_ row: EventRow, _ state: ConsoleState) -> [StyledLine] {
        func symbol(_ symbol: Symbol) -> String { symbol.isNone ? AgeText.none : state.text(symbol) }
        return [
            .field("user", row.user.isEmpty ? AgeText.none : row.user),
            .field("session", symbol(row.record.session)),
            .field("run", symbol(row.record.run)).then("  seq ", .dim).then(
                row.record.sequence.map(String.init) ?? AgeText.none),
            .field("path", symbol(row.record.path)).then("  dispatcher ", .dim).then(
                symbol(row.record.dispatcher)),
        ]
    }

    /// A line of JSON; a long string goes on below, indented as it began.
    private static func wrapped(_ text: String, _ width: Int) -> [StyledLine] {
        let room = max(16, width - 4)
        guard TextMetrics.standard.width(of: text) > room else { return [StyledLine("   " + text)] }
        let indent = String(repeating: " ", count: min(room / 2, text.prefix { $0 == " " }.count + 2))
        var lines: [StyledLine] = []
        var rest = text[...]
        while !rest.isEmpty {
            let lead = lines.isEmpty ? "" : indent
            var taken = 0
            var part = ""
            while let character = rest.first {
                let size = TextMetrics.standard.width(of: String(character))
                if taken + size > room - lead.count { break }
                taken += size
                part.append(character)
                rest.removeFirst()
            }
            if part.isEmpty { break }
            lines.append(StyledLine("   " + lead + part))
        }
        return lines
    }
}
