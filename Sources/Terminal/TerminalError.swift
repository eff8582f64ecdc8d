/// Why the terminal cannot be used.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Standard input or output is no terminal.
    case notATerminal
    /// terminfo does not know what TERM names.
    case unknownTerminal(String)
    /// The terminal cannot move its cursor.
    case tooSimple(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notATerminal: "standard input and output must be a terminal; use `ctxtop snapshot` in pipes"
        case .unknownTerminal(let name):
            "terminfo does not know TERM=\(name); set TERM=xterm-256color or install ncurses-term"
        case .tooSimple(let name):
            "TERM=\(name) cannot move its cursor; set TERM to what the terminal is, or use --plain"
        }
    }
}
