/// A key press, after the terminal's escape sequences are decoded.
public enum Key: Hashable, Sendable {
    case character(Character)
    case control(Character)
    case function(Int)
    case up, down, left, right, pageUp, pageDown, home, end
    case enter, escape, tab, backTab, backspace, delete

    /// The name shown in the help view: `Ctrl-C`, `PgDn`, `⏎`.
    public var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "ctrl-\(character)"
        case .function(let number): "F\(number)"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .enter: "⏎"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        }
    }
}
