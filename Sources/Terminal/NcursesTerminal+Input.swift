import CNcurses
import Screen

/// What the user did.
public enum TerminalInput: Hashable, Sendable {
    /// A key was pressed.
    case key(Key)
    /// A text was pasted; it never counts as keys.
    case paste(String)
}

/// What was read ahead of its meaning.
struct InputState {
    /// Codes that were read but not used yet.
    var pending: [Int32] = []
    /// What was pasted so far; nil while nothing is.
    var paste: String?
    /// When anything of the paste arrived last.
    var pastedAt = ContinuousClock.now
}

extension NcursesTerminal {
    /// The longest paste that is kept, in characters; a prompt takes less.
    private static var maximumPaste: Int { 65_536 }
    /// How long a paste may pause before it counts as ended: its end mark was lost.
    private static var pastePatience: Duration { .seconds(2) }

    /// What the user did next, or nil when there is nothing yet.
    public mutating func nextInput() -> TerminalInput? {
        while true {
            let code = nextCode()
            if code == Int32(CN_NONE) { return patientPaste() }
            if input.paste != nil {
                if let text = takePasted(code) { return .paste(text) }
                continue
            }
            if code == Int32(CN_PASTE_BEGIN) {
                (input.paste, input.pastedAt) = ("", .now)
            } else if code == Int32(CN_MOUSE) {
                if let key = mouse() { return .key(key) }
            } else if code == 0x1B {
                if let key = keyAfterEscape() { return .key(key) }
            } else if let key = Self.key(code) {
                return .key(key)
            }
        }
    }

    private mutating func nextCode() -> Int32 {
        input.pending.isEmpty ? cn_read_key() : input.pending.removeFirst()
    }

    /// Adds a code to the paste; gives the whole at its end.
    private mutating func takePasted(_ code: Int32) -> String? {
        input.pastedAt = .now
        // Ctrl-C gets everybody out of a paste that does not end.
        if code == Int32(CN_PASTE_END) || code == 3 {
            defer { input.paste = nil }
            return input.paste
        }
        let isLineBreak = code == Int32(CN_ENTER) || code == 0x0D || code == 0x0A || code == 0x09
        let scalar = isLineBreak ? " " : code >= 0x20 && code < 0x11_0000 ? UnicodeScalar(UInt32(code)) : nil
        if let scalar, (input.paste?.unicodeScalars.count ?? 0) < Self.maximumPaste {
            input.paste?.unicodeScalars.append(scalar)
        }
        return nil
    }

    private mutating func patientPaste() -> TerminalInput? {
        guard let text = input.paste, .now - input.pastedAt > Self.pastePatience else { return nil }
        input.paste = nil
        return .paste(text)
    }

    /// How many lines one notch of the wheel is.
    private static var wheelLines: Int { 3 }

    private func mouse() -> Key? {
        var (x, y) = (Int32(0), Int32(0))
        return switch cn_mouse_event(&x, &y) {
        case 1: .click(column: Int(x), line: Int(y))
        case 4: .wheel(-Self.wheelLines)
        case 5: .wheel(Self.wheelLines)
        default: nil
        }
    }

    /// Escape, unless a sequence that ncurses does not know follows at once: that is left out whole (ECMA-48 5.4).
    private mutating func keyAfterEscape() -> Key? {
        let next = cn_read_key()
        switch next {
        case Int32(CN_NONE): return .escape
        case 0x5B:
            var code = cn_read_key()
            while code >= 0x20, code < 0x40 { code = cn_read_key() }
            return nil
        case 0x4F:
            _ = cn_read_key()
            return nil
        default:
            input.pending.append(next)
            return .escape
        }
    }

    private static func key(_ code: Int32) -> Key? {
        switch code {
        case Int32(CN_UP): .up
        case Int32(CN_DOWN): .down
        case Int32(CN_LEFT): .left
        case Int32(CN_RIGHT): .right
        case Int32(CN_PAGE_UP): .pageUp
        case Int32(CN_PAGE_DOWN): .pageDown
        case Int32(CN_HOME): .home
        case Int32(CN_END): .end
        case Int32(CN_BACKSPACE), 0x7F, 0x08: .backspace
        case Int32(CN_DELETE): .delete
        case Int32(CN_BACK_TAB): .backTab
        case Int32(CN_ENTER), 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 1...26: .control(Character(UnicodeScalar(UInt8(code) + 0x60)))
        case Int32(CN_FUNCTION) + 1...Int32(CN_FUNCTION) + 24:
            .function(Int(code - Int32(CN_FUNCTION)))
        case 0x20..<0x110000: UnicodeScalar(UInt32(code)).map { .character(Character($0)) }
        default: nil
        }
    }
}
