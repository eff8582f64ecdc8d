import ConsoleModel
import ConsoleViews
import Screen
import Testing

/// A person at the keys of a console: keys in, frames and effects out.
struct Driver {
    var store: Store
    let keys = KeyMap.standard
    private(set) var effects: [Effect] = []

    init(_ store: Store) { self.store = store }

    /// Presses keys, one after the other.
    mutating func press(_ pressed: Key...) {
        for key in pressed {
            guard let action = keys.action(for: key, in: store.state) else { continue }
            effects += store.send(action)
        }
    }

    /// Types a text, then Enter.
    mutating func enter(_ text: String) {
        for character in text { press(.character(character)) }
        press(.enter)
    }

    /// The screen now.
    var frame: Frame {
        let size = store.state.interface.size
        return render(store.state, width: size.width, height: size.height)
    }

    /// The screen as text.
    var screen: String { frame.lines.joined(separator: "\n") }

    /// The line with the selected row, without its end of spaces.
    var selectedLine: String {
        frame.lines.first { $0.contains("▸") && !$0.hasPrefix(" ctxtop") } ?? ""
    }

    /// The footer.
    var footer: String { frame.lines.last ?? "" }
}
