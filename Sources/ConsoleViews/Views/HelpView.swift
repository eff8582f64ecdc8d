import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The keys, drawn from the same table that dispatches them, or what is to be said about a topic.
enum HelpView {
    static func draw(_ state: ConsoleState, _ keys: KeyMap, in rect: Rect, on frame: inout Frame) {
        let lines = lines(state, keys, width: rect.width)
        let first = max(0, min(state.interface.helpScroll, lines.count - rect.height))
        frame.draw(Array(lines.dropFirst(first)), in: rect)
        if lines.count > rect.height {
            let text = " \(first + 1)–\(min(lines.count, first + rect.height)) of \(lines.count) "
            frame.writeRight(text, endingAt: rect.width, line: 0, in: rect, style: .dim)
        }
    }

    private static func lines(_ state: ConsoleState, _ keys: KeyMap, width: Int) -> [StyledLine] {
        guard case .help(let topic?) = state.interface.overlay, let text = HelpTopic.lines(topic, state)
        else {
            return keyLines(state, keys, width: width)
        }
        return [.heading(topic.uppercased()), StyledLine()] + text.flatMap { wrapped($0, width: width - 4) }
    }

    /// A line in pieces that fit; columns inside of it stay where they are unless it is too long.
    private static func wrapped(_ text: String, width: Int) -> [StyledLine] {
        if TextMetrics.standard.width(of: text) <= width { return [StyledLine("  " + text)] }
        return Wrapping.lines(text, width: width).map { StyledLine("  " + $0) }
    }

    /// What works here, then what works elsewhere and why not here.
    private static func keyLines(_ state: ConsoleState, _ keys: KeyMap, width: Int) -> [StyledLine] {
        let kind = state.interface.place.kind
        let here = keys.bindings.filter { !$0.keys.isEmpty && keys.whyNot($0, in: state, on: kind) == nil }
        let elsewhere = keys.bindings.filter { binding in
            !binding.keys.isEmpty && keys.whyNot(binding, in: state, on: kind) != nil
                && !binding.kinds.isSubset(of: [.help])
        }
        var lines = [StyledLine.heading("KEYS IN \(kind.word.uppercased())")]
        lines += columns(here.map { line($0) }, width: width)
        lines += [StyledLine(), .heading("NOT HERE, NOT NOW")]
        let column = width >= 110 ? 64 : 44
        lines += elsewhere.map { binding in
            line(binding, .dim).clipped(to: column - 2)
                .then(at: column, keys.whyNot(binding, in: state, on: kind) ?? "", .dim)
        }
        lines += [
            StyledLine(), .heading("MORE"),
            StyledLine("  :help TOPIC", .key).then(at: 24, HelpTopic.own.joined(separator: " ")),
            StyledLine("  :help RULE", .key).then(at: 24, "what a rule or a verdict means"),
        ]
        return lines
    }

    private static func line(_ binding: KeyBinding, _ style: Style = .normal) -> StyledLine {
        let names = binding.keys.map(\.name).joined(separator: " ")
        return StyledLine("  " + names, style == .dim ? .dim : .key).then(at: 14, binding.help, style)
    }

    /// The lines in two columns where there is room for both.
    private static func columns(_ lines: [StyledLine], width: Int) -> [StyledLine] {
        guard width >= 110 else { return lines }
        let half = (lines.count + 1) / 2
        return (0..<half).map { index in
            guard index + half < lines.count else { return lines[index] }
            let left = lines[index].clipped(to: width / 2 - 2).then(at: width / 2, "")
            return lines[index + half].pieces.reduce(left) { $0.then($1.text, $1.style) }
        }
    }
}
