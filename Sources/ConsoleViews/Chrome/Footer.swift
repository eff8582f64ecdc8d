import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The last line: the keys that do something here, or the prompt.
enum Footer {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        if let prompt = state.interface.prompt {
            drawPrompt(prompt, state, in: rect, on: &frame)
        } else {
            drawKeys(state, in: rect, on: &frame)
        }
    }

    private static func drawPrompt(
        _ prompt: Prompt, _ state: ConsoleState, in rect: Rect, on frame: inout Frame
    ) {
        let lead = prompt.kind == .filter ? "/" : ":"
        var x = frame.write(lead + prompt.text, x: 1, line: 0, in: rect, style: Style(.key, isBold: true))
        x = frame.write(" ", x: x, line: 0, in: rect, style: Style(.key, isReversed: true))
        if let problem = prompt.problem {
            let place = problem.position.map { " at \($0 + 1)" } ?? ""
            frame.write("✕ \(problem.message)\(place)", x: x + 2, line: 0, in: rect, style: Style(.critical))
        } else if prompt.kind == .filter {
            let (shown, total) = state.rowCounts(of: state.interface.view)
            frame.write("\(shown) of \(total)  ⏎ keep  Esc cancel", x: x + 2, line: 0, in: rect, style: .dim)
        } else {
            frame.write("Tab completes  ⏎ do it  Esc cancel", x: x + 2, line: 0, in: rect, style: .dim)
        }
    }

    private static func drawKeys(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        var x = 1
        let hints = KeyMap.all.filter { binding in
            binding.hint != nil && (binding.views?.contains(state.interface.view) ?? true)
        }
        let isRoot = state.interface.places.count == 1
        for binding in hints {
            guard let hint = binding.hint, let key = binding.keys.first else { continue }
            let word = binding.action == .quitOrBack && isRoot ? "quit" : hint
            let width = frame.metrics.width(of: key.name + word) + 3
            guard x + width <= rect.width else { break }
            x = frame.write(key.name, x: x, line: 0, in: rect, style: .key)
            x = frame.write(" " + word + "  ", x: x, line: 0, in: rect, style: .dim)
        }
        if x + 10 <= rect.width {
            x = frame.write("1-7", x: x, line: 0, in: rect, style: .key)
            frame.write(" views", x: x, line: 0, in: rect, style: .dim)
        }
    }
}
