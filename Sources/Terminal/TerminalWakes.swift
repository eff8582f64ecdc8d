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
    /// The process goes on after it was stopped; the shell may have used the terminal meanwhile.
    case continued
    /// A signal asks the process to end: SIGINT, SIGTERM, SIGHUP or SIGQUIT, by its number.
    case endRequested(signal: Int32)
}

/// Watches standard input and the signals, and reports on the main queue.
public final class TerminalWakes {
    private let sources: [any DispatchSourceRead]

    /// Reports from now on, until the value goes.
    @MainActor public init(_ report: @escaping @MainActor (TerminalWake) -> Void) {
        let keys = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .main)
        keys.setEventHandler {
            // A terminal that is gone can be read for ever and says nothing; SIGHUP may have gone to somebody else.
            report(cn_input_ended() ? .endRequested(signal: SIGHUP) : .keysReady)
        }
        let descriptor = cn_signal_descriptor()
        let signals = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
        signals.setEventHandler { for wake in Self.wakes(descriptor) { report(wake) } }
        sources = [keys, signals]
        for source in sources { source.resume() }
    }

    deinit { for source in sources { source.cancel() } }

    /// What the signals since the last question mean; a storm of resizes is one.
    private static func wakes(_ descriptor: Int32) -> [TerminalWake] {
        var numbers = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &numbers, numbers.count)
        var wakes: [TerminalWake] = []
        for number in numbers.prefix(max(0, count)) {
            let wake: TerminalWake =
                switch Int32(number) {
                case SIGWINCH: .resized
                case SIGCONT: .continued
                case SIGTSTP: .suspendRequested
                case let signal: .endRequested(signal: signal)
                }
            if !wakes.contains(wake) { wakes.append(wake) }
        }
        return wakes
    }
}
