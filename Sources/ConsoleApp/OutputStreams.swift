#if canImport(Glibc)
    import Glibc
#endif

/// Why standard output cannot be written.
public struct OutputError: Error, Hashable, CustomStringConvertible {
    /// The `errno` of the failed write.
    public let code: Int32
    /// Whether the reader of a pipe went away, which is how `head` ends a command.
    public var isClosedPipe: Bool { code == EPIPE }
    /// What happened and to what.
    public var description: String { "cannot write to standard output: \(String(cString: strerror(code)))" }
}

/// Standard output and error: whole or an error, and never a byte that a terminal obeys.
public enum OutputStreams {
    /// What a text is, which decides how controls in it are made harmless.
    public enum Form: Sendable {
        /// Lines for people.
        case lines
        /// JSON, or lines of it.
        case json
    }

    /// Writes all of a text.
    ///
    /// - Throws: ``OutputError`` when the output is closed, full or broken.
    public static func writeOutput(_ text: String, _ form: Form = .lines) throws(OutputError) {
        let safe =
            switch form {
            case .lines: SafeText.lines(text)
            case .json: SafeText.json(text)
            }
        guard TextFile.write(safe, to: STDOUT_FILENO) else { throw OutputError(code: errno) }
    }

    /// Writes what a terminal is to obey; no text of others may be in it.
    static func writeSequence(_ sequence: String) { _ = TextFile.write(sequence, to: STDOUT_FILENO) }

    /// Writes one line for people.
    public static func writeError(_ line: String) {
        _ = TextFile.write(SafeText.lines(line) + "\n", to: STDERR_FILENO)
    }

    /// Whether both standard input and output are a terminal.
    public static var areTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
}
