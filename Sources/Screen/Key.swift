/// A key press, after the terminal's escape sequences are decoded.
public enum Key: Hashable, Sendable {
    case character(Character)
    case control(Character)
    case function(Int)
    case up, down, left, right, pageUp, pageDown, home, end
    case enter, escape, tab, backTab, backspace, delete
    /// The left button went down on that cell, counted from 0.
    case click(column: Int, line: Int)
    /// The wheel turned by so many lines: down for more than 0.
    case wheel(Int)

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
        case .click: "click"
        case .wheel: "wheel"
        }
    }

    /// Reads a key as configurations spell it: `j`, `G`, `ctrl-d`, `F5`, `enter`, `pgdn`, `space`; nil for anything else.
    public init?(named name: String) {
        let lower = name.lowercased()
        if name.count == 1, let character = name.first, !character.isWhitespace {
            self = .character(character)
        } else if let key = Self.named[lower] {
            self = key
        } else if lower.hasPrefix("ctrl-"), name.count == 6, let letter = lower.last, letter.isLetter {
            self = .control(letter)
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...24).contains(number) {
            self = .function(number)
        } else {
            return nil
        }
    }

    /// How configurations spell it; nil for the mouse.
    public var spelling: String? {
        if let named = Self.named.first(where: { $0.value == self }) { return named.key }
        return switch self {
        case .click, .wheel: nil
        case .character, .control, .function, .up, .down, .left, .right, .pageUp, .pageDown, .home, .end,
            .enter,
            .escape, .tab, .backTab, .backspace, .delete:
            name
        }
    }

    private static let named: [String: Key] = [
        "space": .character(" "), "up": .up, "down": .down, "left": .left, "right": .right, "pgup": .pageUp,
        "pgdn": .pageDown, "home": .home, "end": .end, "enter": .enter, "esc": .escape, "tab": .tab,
        "shift-tab": .backTab, "backspace": .backspace, "del": .delete,
    ]
}
