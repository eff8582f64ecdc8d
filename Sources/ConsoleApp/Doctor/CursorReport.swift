#if canImport(Glibc)
    import Glibc
#endif

/// Asks a terminal where its cursor is, and so how wide it draws a text.
enum CursorReport {
    /// How long one answer may take, in milliseconds: enough for a link across the world.
    private static let patience: Int32 = 500

    /// The width of each text as the terminal draws it; nil when the terminal does not answer.
    ///
    /// The question is DSR 6 (ECMA-48 8.3.35), the answer `ESC [ line ; column R`. The terminal's modes are put
    /// back, and what was drawn is wiped, whatever happens.
    static func widths(of texts: [String]) -> [String: Int]? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        defer {
            OutputStreams.writeSequence("\r\u{1B}[K")
            var modes = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes)
        }
        var widths: [String: Int] = [:]
        for text in texts {
            OutputStreams.writeSequence("\r" + text + "\u{1B}[6n")
            guard let column = column() else { return nil }
            widths[text] = column - 1
        }
        return widths
    }

    /// The column of the next report, counted from 1; nil when none comes in time.
    private static func column() -> Int? {
        var answer: [UInt8] = []
        while answer.count < 64 {
            var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            var byte: UInt8 = 0
            guard poll(&wait, 1, patience) == 1, read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            answer.append(byte)
            if byte == UInt8(ascii: "R") { return parse(answer) }
        }
        return nil
    }

    /// The column in `ESC [ line ; column R`; what was typed before it is skipped.
    static func parse(_ answer: [UInt8]) -> Int? {
        guard let start = answer.lastIndex(of: 0x1B) else { return nil }
        let numbers = String(decoding: answer[start...].dropFirst(2).dropLast(), as: UTF8.self)
            .split(separator: ";")
        return numbers.count == 2 ? Int(numbers[1]) : nil
    }
}
