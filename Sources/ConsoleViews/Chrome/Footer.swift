import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The last line: the keys that do something here, the prompt, or what was just said.
enum Footer {
    static func draw(_ state: ConsoleState, _ keys: KeyMap, in rect: Rect, on frame: inout Frame) {
        if let prompt = state.interface.prompt {
            drawPrompt(prompt, state, in: rect, on: &frame)
        } else if state.interface.notices.isShown, let notice = state.interface.notices.all.last {
            frame.write(
                notice.text, x: 1, line: 0, in: rect,
                style: Style(notice.severity.style.role, isBold: true), width: rect.width - 2)
        } else {
            drawKeys(state, keys, in: rect, on: &frame)
        }
    }

    private static func drawPrompt(
        _ prompt: Prompt, _ state: ConsoleState, in rect: Rect, on frame: inout Frame
    ) {
        let lead = prompt.kind.lead(state)
        let start = frame.write(lead, x: 1, line: 0, in: rect, style: Style(.key, isBold: true))
        let hint = hint(prompt, state)
        // The end of a long line matters, because that is where the cursor is.
        let room = max(8, rect.width - start - min(frame.metrics.width(of: hint.text) + 4, rect.width / 2))
        let (shown, cut) = tail(prompt.text, room, frame.metrics)
        var x = frame.write(shown, x: start, line: 0, in: rect, style: Style(.key, isBold: true))
        if let position = prompt.problem?.position {
            frame.underscore(
                x: start + frame.metrics.width(of: String(prompt.text.prefix(position))) - cut, in: rect)
        }
        x = frame.write(" ", x: x, line: 0, in: rect, style: Style(.key, isReversed: true))
        frame.write(hint.text, x: x + 2, line: 0, in: rect, style: hint.style, width: rect.width - x - 3)
    }

    private static func tail(_ text: String, _ room: Int, _ metrics: TextMetrics) -> (String, cut: Int) {
        var shown = text[...]
        var cut = 0
        while metrics.width(of: String(shown)) > room, let first = shown.first {
            cut += metrics.width(of: String(first))
            shown.removeFirst()
        }
        return (String(shown), cut)
    }

    private static func hint(_ prompt: Prompt, _ state: ConsoleState) -> (text: String, style: Style) {
        if let problem = prompt.problem {
            let place = problem.position.map { " at \($0 + 1)" } ?? ""
            return ("✕ \(problem.message)\(place)", Style(.critical))
        }
        switch prompt.kind {
        case .filter:
            let (shown, total) = state.rowCounts(of: state.interface.view)
            let counts = "\(CountText.grouped(shown)) of \(CountText.grouped(total))"
            return ("\(counts)  Tab completes  ⏎ keep  Esc cancel", .dim)
        case .command: return ("Tab completes  ⏎ do it  Esc cancel", .dim)
        case .search: return ("⏎ find, then n and N  Esc cancel", .dim)
        case .note: return ("⏎ bookmark  Esc cancel", .dim)
        case .confirm(let requests):
            return (ActionRequest.choices(requests) + "  Esc", Style(.warning))
        }
    }

    /// The candidates of Tab, in lines above the footer, the one that stands in the prompt reversed.
    static func drawCandidates(_ state: ConsoleState, in body: Rect, on frame: inout Frame) {
        guard let prompt = state.interface.prompt, prompt.problem == nil || prompt.completion != nil else {
            return
        }
        let candidates = prompt.completion?.candidates ?? state.completions(of: prompt)
        guard !candidates.isEmpty, !prompt.text.isEmpty || prompt.kind == .command else { return }
        let count = min(8, candidates.count, max(0, body.height - 2))
        let index = prompt.completion?.index
        let first = max(0, min((index ?? 0) - count / 2, candidates.count - count))
        let width = min(
            body.width - 2, candidates[first..<first + count].map { frame.metrics.width(of: $0) }.max() ?? 0)
        let (_, list) = body.splitBottom(count)
        for line in 0..<count {
            let style = Style(.accent, isReversed: first + line == index)
            // Nothing of the place shows beside a candidate, or both would read as one text.
            frame.write(String(repeating: " ", count: list.width), line: line, in: list)
            frame.write(
                " " + candidates[first + line].padded(to: width) + " ", line: line, in: list, style: style)
        }
        if candidates.count > count {
            frame.write(
                " \(count) of \(candidates.count) ", x: width + 3, line: count - 1, in: list, style: .dim)
        }
    }

    private static func drawKeys(
        _ state: ConsoleState, _ keys: KeyMap, in rect: Rect, on frame: inout Frame
    ) {
        var x = 1
        let kind = state.interface.kind
        let isRoot = state.interface.places == [.view(.pulse)]
        let help = keys.bindings.last { $0.action == .toggleHelp }
        for binding in keys.bindings where binding.kinds.contains(kind) && binding.action != .toggleHelp {
            guard let hint = binding.hint, let key = binding.keys.first, binding.whyNot(state) == nil else {
                continue
            }
            let word = binding.action == .quitOrBack && isRoot ? "quit" : hint
            let width = frame.metrics.width(of: key.name + word) + 3
            // Room for the key that explains all others.
            guard x + width + 8 <= rect.width else { break }
            x = frame.write(key.name, x: x, line: 0, in: rect, style: .key)
            x = frame.write(" " + word + "  ", x: x, line: 0, in: rect, style: .dim)
        }
        if let help, let key = help.keys.first, help.kinds.contains(kind) {
            x = frame.write(key.name, x: x, line: 0, in: rect, style: .key)
            x = frame.write(" help  ", x: x, line: 0, in: rect, style: .dim)
        }
        if x + 10 <= rect.width, kind != .chooser {
            x = frame.write("1-7", x: x, line: 0, in: rect, style: .key)
            frame.write(" views", x: x, line: 0, in: rect, style: .dim)
        }
    }
}

extension Prompt.Kind {
    /// What stands before the typed text.
    fileprivate func lead(_ state: ConsoleState) -> String {
        switch self {
        case .filter: "/"
        case .command: ":"
        case .search: "find /"
        case .note: "note: "
        case .confirm: "type the word: "
        }
    }
}

extension Frame {
    /// Marks one character of the prompt as the place of a mistake.
    fileprivate mutating func underscore(x: Int, in rect: Rect) {
        let cell = Rect(x: rect.x + x, y: rect.y, width: 1, height: rect.height)
        restyle(line: 0, in: cell) { $0 = Style(.critical, isReversed: true, isBold: true) }
    }
}
