import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

/// Reports signals instead of ending the process, for programs without a screen.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    /// Reports from now on, on a queue of its own.
    init(_ numbers: [Int32], _ report: @escaping @Sendable (Int32) -> Void) {
        // What nobody reads any more is told by write(2), and ends the program quietly.
        signal(SIGPIPE, SIG_IGN)
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in report(number) }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}

/// Waits on standard input for the word that ends a console without keys.
final class WordWatch {
    private let source: any DispatchSourceRead

    /// Calls `quit` for a line `q` or `quit`, and at the end of the input.
    init(quit: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler { @Sendable in
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == EAGAIN { return }
            // A terminal gives whole lines.
            let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
            let isWord = lines.contains { line in
                let word = line.filter { !$0.isWhitespace }.lowercased()
                return word == "q" || word == "quit"
            }
            if count <= 0 || isWord { quit() }
        }
        source.resume()
    }

    deinit { source.cancel() }
}
