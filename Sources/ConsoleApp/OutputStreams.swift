#if canImport(Glibc)
    import Glibc
#endif

/// Standard output and error, whole or not at all, for one-shot commands.
public enum OutputStreams {
    /// Writes data; one-shot commands end soon whether or not somebody reads it.
    public static func writeOutput(_ text: String) { _ = TextFile.write(text, to: STDOUT_FILENO) }

    /// Writes data; false when nobody reads it any more.
    static func isTaken(_ text: String) -> Bool { TextFile.write(text, to: STDOUT_FILENO) }

    /// Writes one line for people.
    public static func writeError(_ line: String) { _ = TextFile.write(line + "\n", to: STDERR_FILENO) }

    /// Whether both standard input and output are a terminal.
    public static var areTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
}
