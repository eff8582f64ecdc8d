import ConsoleClient
import ConsoleModel
import Dispatch
import PatternDetection
import Terminal
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// A console without a screen: the same links and store as the run loop, and lines instead of frames.
@MainActor
public final class LineLoop {
    /// Why the loop ended.
    public enum Ending: Sendable, Equatable {
        /// Somebody asked to quit, or all files are read.
        case finished
        /// The lines cannot be written any more.
        case unwritten(OutputError)
        /// A signal asked the process to end.
        case signal(Int32)

        /// Whether SIGTERM ended it, which is how a service manager ends a service.
        public var isAskedFor: Bool { self == .signal(SIGTERM) }
    }

    private var store: Store
    private var voice: any LineVoice
    private let options: ConsoleOptions
    private let mailbox = Mailbox()
    private let sources: LiveSources
    /// Whether some target goes on for ever; else the newest event's time is "now".
    private let hasLive: Bool
    private var openFiles: Int
    private var fileClocks = FileClocks()
    private var outputError: OutputError?

    /// A loop over those targets that says what `voice` finds worth saying.
    public init(_ options: ConsoleOptions, _ voice: any LineVoice) {
        self.options = options
        self.voice = voice
        sources = LiveSources(options, mailbox)
        openFiles = options.targets.count { if case .file = $0 { true } else { false } }
        hasLive = openFiles < options.targets.count
        store = Store(
            ConsoleState(
                now: hasLive ? SystemClock.now() : Timestamp(milliseconds: 0), expected: options.expected,
                ruleSettings: options.rules, ruleLimits: options.ruleLimits, redaction: options.redaction))
        for (index, target) in options.targets.enumerated() {
            _ = store.send(.addBackend(BackendKey(index), url: target.url))
        }
    }

    /// Runs until a signal, the end of all files, or nobody reads any more.
    ///
    /// - Parameter takesWords: whether `q` and Enter on standard input ends it.
    public func run(takesWords: Bool) async -> Ending {
        let signals = SignalWatch([SIGINT, SIGTERM, SIGHUP]) { [mailbox] in
            mailbox.put(.endRequested(signal: $0))
        }
        defer { withExtendedLifetime(signals) {} }
        let words = takesWords ? WordWatch { [mailbox] in mailbox.put(.quit) } : nil
        defer { withExtendedLifetime(words) {} }
        options.log?.noteStart(options.targets.map(\.url))
        for (index, target) in options.targets.enumerated() { sources.start(target, as: BackendKey(index)) }
        sources.startTicking()
        var ending = Ending.finished
        for await _ in mailbox.bell {
            if let end = turn() {
                ending = end
                break
            }
        }
        options.log?.write(.info, "ends: \(ending)")
        await sources.shutDown()
        return ending
    }

    /// Takes what waits and says what is new.
    private func turn() -> Ending? {
        for case .endRequested(let signal) in mailbox.takeWakes() {
            // Without keys, ctrl-c is how a person quits.
            return signal == SIGINT ? .finished : .signal(signal)
        }
        if mailbox.takeActions().contains(.quit) { return .finished }
        while let letter = mailbox.takeLetter() {
            take(letter)
            if let outputError { return .unwritten(outputError) }
        }
        let isSecond = mailbox.takeTick()
        if isSecond, hasLive { _ = store.send(.tick(SystemClock.now())) }
        if isSecond { say(isSecond: true) }
        if !hasLive, openFiles == 0 {
            _ = store.send(.tick(store.state.now))
            say(isSecond: true)
            return outputError.map { .unwritten($0) } ?? .finished
        }
        return outputError.map { .unwritten($0) }
    }

    private func take(_ letter: Mailbox.Letter) {
        let wall = hasLive ? SystemClock.now() : store.state.now
        let moment = fileClocks.moment(of: letter.message, from: letter.key, among: options.targets, wall)
        switch letter.message {
        case .link(let link, _, _) where link == .ended || link == .lost:
            if case .file? = options.targets[safe: letter.key.rawValue] { openFiles -= 1 }
        case .events, .link, .health, .snapshot, .dialect, .read, .boot, .refused: break
        }
        options.log?.note(letter.message, of: store.state.backend(letter.key)?.url ?? "")
        _ = store.send(.received(letter.key, letter.message, at: moment))
        say(isSecond: false)
    }

    private func say(isSecond: Bool) {
        let lines = voice.lines(about: store.state, isSecond: isSecond)
        guard !lines.isEmpty, outputError == nil else { return }
        do throws(OutputError) {
            try OutputStreams.writeOutput(lines.map { $0 + "\n" }.joined(), voice.form)
        } catch { outputError = error }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
