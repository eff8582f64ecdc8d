#if canImport(Glibc)
    import Glibc
#endif

/// Standard output and error, whole or not at all, for one-shot commands.
public enum OutputStreams {
    /// Writes data; a pipe that was closed ends the process quietly, as other tools do.
    public static func writeOutput(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes one line for people.
    public static func writeError(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Whether both standard input and output are a terminal.
    public static var areTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
