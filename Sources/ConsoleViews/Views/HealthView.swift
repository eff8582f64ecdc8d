import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// Each backend's health endpoint and its checks: as said, as read, and whether it is believed.
enum HealthView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        frame.drawView(
            state.healthTable(), state, in: rect,
            empty: EmptyTexts(none: "No health endpoint has answered yet.")
        ) { row, width in lines(row, state, width: width) }
    }

    static func lines(_ row: HealthRow, _ state: ConsoleState, width: Int) -> [StyledLine] {
        var lines: [StyledLine] = [
            StyledLine(" \(row.isWhole ? row.backendName : row.key.id)", Style(.accent)),
            .field(
                "status", "\(row.status.severity.glyph) \(row.status.rawValue)", row.status.severity.style),
            .field("believed", row.isTrusted ? "yes" : "no", row.isTrusted ? .normal : Style(.warning)),
            .field("took", AgeText.took(row.latency)), .field("age", AgeText.age(row.age)),
        ]
        if let reason = row.reason {
            lines += Wrapping.lines(reason, width: width - 12).enumerated().map {
                $0.offset == 0 ? .field("reason", $0.element) : StyledLine("           " + $0.element)
            }
        }
        lines.append(.heading("OBSERVED"))
        lines += Wrapping.lines(row.raw, width: width - 4).map { StyledLine("   " + $0) }
        guard row.isWhole, let backend = state.backend(row.key.backend) else { return lines }
        let dialect = backend.dialect.name.isEmpty ? "not known yet" : backend.dialect.name
        lines += [.heading("SOURCE"), .field("url", backend.url), .field("dialect", dialect)]
        lines += backend.unread.flatMap { outcome in
            Wrapping.lines(
                "\(outcome.part.rawValue) not read: \(outcome.address): \(outcome.failure ?? "")",
                width: width - 4
            ).map { StyledLine("   " + $0, Style(.warning)) }
        }
        return backend.dialect.name.isEmpty ? lines : lines + coverage(backend.dialect.coverage, width: width)
    }

    /// Each part with a mark, then what the missing ones lack.
    static func coverage(_ coverage: Coverage, width: Int) -> [StyledLine] {
        let parts = Coverage.Part.allCases.map { part in
            StyledLine(
                " \(coverage.sees(part) ? "✓" : "✗") \(part.rawValue)", coverage.sees(part) ? .normal : .dim)
        }
        let words =
            coverage.partialLists + coverage.notObservable.map { "not observable: " + $0 } + coverage.notes
        return [.heading("COVERAGE")] + parts + ExposingDrawing.lines(coverage, width: width)
            + words.flatMap { text in
                Wrapping.lines(text, width: width - 4).map { StyledLine("   " + $0, .dim) }
            }
    }
}

/// One check with the endpoint's raw answer.
enum CheckView {
    static func lines(_ key: CheckKey, _ state: ConsoleState, width: Int) -> [StyledLine] {
        guard let row = state.healthRows().first(where: { $0.key == key }) else {
            return [StyledLine(" This check is not reported any more.", .dim)]
        }
        var lines = HealthView.lines(row, state, width: width)
        if let body = state.backend(key.backend)?.health.body, !body.isEmpty {
            lines.append(.heading("RAW ANSWER"))
            let bytes = Array(body.prefix(16_384))
            let text = (try? JSONParser.parse(bytes))?.prettyText ?? String(decoding: bytes, as: UTF8.self)
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
                Wrapping.indented(String($0), width: width - 4)
            }.map { StyledLine("   " + $0, .dim) }
        }
        return lines
    }
}
