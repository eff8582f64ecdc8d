#if canImport(Glibc)
    import Glibc
#endif

/// What a process can see of where it runs, as a value, so that diagnoses can be tested.
public struct Surroundings: Sendable {
    /// The environment variables.
    public var environment: [String: String]
    /// Whether standard input and output are a terminal.
    public var isTerminal: Bool
    /// Columns and lines, where there is a terminal that says.
    public var size: (columns: Int, lines: Int)?
    /// Whether the user's locale is UTF-8.
    public var isUTF8: Bool
    /// How wide the terminal draws the signs of the screens; nil where it was not or cannot be asked.
    public var glyphWidths: [String: Int]?
    /// Whether a file can be read; nil when it is not there.
    public var canRead: @Sendable (String) -> Bool?

    /// Puts surroundings together.
    public init(
        environment: [String: String], isTerminal: Bool, size: (columns: Int, lines: Int)?, isUTF8: Bool,
        glyphWidths: [String: Int]? = nil,
        canRead: @escaping @Sendable (String) -> Bool?
    ) {
        self.environment = environment
        self.isTerminal = isTerminal
        self.size = size
        self.isUTF8 = isUTF8
        self.glyphWidths = glyphWidths
        self.canRead = canRead
    }

    /// This process' own; asks the terminal how wide it draws `glyphs`.
    public static func own(environment: [String: String], isUTF8: Bool, glyphs: [String]) -> Surroundings {
        var window = winsize()
        let isSized =
            ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 && window.ws_row > 0
        return Surroundings(
            environment: environment, isTerminal: OutputStreams.areTerminal,
            size: isSized ? (Int(window.ws_col), Int(window.ws_row)) : nil, isUTF8: isUTF8,
            glyphWidths: OutputStreams.areTerminal && isUTF8 ? CursorReport.widths(of: glyphs) : nil,
            canRead: { path in access(path, F_OK) == 0 ? access(path, R_OK) == 0 : nil })
    }
}
