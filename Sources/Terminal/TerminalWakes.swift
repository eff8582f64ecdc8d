import CNcurses
import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

/// Why the owner of a terminal must look at it.
public enum TerminalWake: Hashable, Sendable {
    /// Keys can be read.
    case keysReady
    /// The window has another size.
    case resized
    /// The shell or the user asks the process to stop for a while (ctrl-z from outside).
    case suspendRequested
    /// A signal asks the process to end: SIGINT, SIGTERM, SIGHUP or SIGQUIT, by its number.
    case endRequested(signal: Int32)
}

/// Watches standard input and the signals, and reports on the main queue.
public final class TerminalWakes {
    private let sources: [any DispatchSourceRead]

    /// Reports from now on, until the value goes.
    @MainActor public init(_ report: @escaping @MainActor (TerminalWake) -> Void) {
        let keys = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .main)
        keys.setEventHandler { report(.keysReady) }
        let descriptor = cn_signal_descriptor()
        let signals = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
        signals.setEventHandler {
            var numbers = [UInt8](repeating: 0, count: 64)
            let count = read(descriptor, &numbers, numbers.count)
            for number in numbers.prefix(max(0, count)) {
                switch Int32(number) {
                case SIGWINCH, SIGCONT: report(.resized)
                case SIGTSTP: report(.suspendRequested)
                case let signal: report(.endRequested(signal: signal))
                }
            }
        }
        sources = [keys, signals]
        for source in sources { source.resume() }
    }

    deinit { for source in sources { source.cancel() } }
}
