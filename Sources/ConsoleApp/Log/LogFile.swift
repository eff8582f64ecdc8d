import ConsoleModel
import Screen
import Synchronization
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// What the console did, one line each: time, level, text; `--log-file`.
///
/// Whatever `--redact` says, secrets are left out here, and controls too: a
/// log is read later, by others, on their terminals.
public final class LogFile: Sendable {
    /// How much a line matters.
    public enum Level: String, Sendable { case info, warning, error }

    private let descriptor: Int32
    /// The last line without its time, and how often it came again.
    private let last = Mutex<(line: String, repeats: Int)>(("", 0))

    /// Appends to a file, readable by its owner alone when it is new; nil, with `errno`, when that fails.
    public init?(_ path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Adds a line; a line that comes again and again is counted and told when another one comes.
    public func write(_ level: Level, _ text: String) {
        let line = "\(level.rawValue) \(PlainText.sanitized(Redaction.secrets.text(text)))"
        let lines = last.withLock { last -> [String] in
            if line == last.line {
                last.repeats += 1
                return []
            }
            defer { last = (line, 0) }
            return last.repeats == 0
                ? [line] : ["info the line before came \(last.repeats) more times", line]
        }
        let moment = SystemClock.now().rfc3339
        _ = TextFile.write(lines.map { "\(moment) \($0)\n" }.joined(), to: descriptor)
    }

    /// Notes what is watched.
    func noteStart(_ urls: [String]) { write(.info, "watches \(urls.joined(separator: " "))") }

    /// Notes what a message says about a link; what it says about the backend is no business of a log.
    func note(_ message: Message, of url: String) {
        switch message {
        case .link(let link, let reason, let retryIn):
            let why = reason.map { ": \($0)" } ?? ""
            let again = retryIn.map { "; tries again in \(Int64($0 / .milliseconds(1))) ms" } ?? ""
            let level: Level = link == .lost ? .error : link == .stale ? .warning : .info
            write(level, "\(url): link \(link.rawValue)\(why)\(again)")
        case .refused(let what, let reason): write(.warning, "\(url): refused \(what): \(reason)")
        case .read(let outcome):
            guard let failure = outcome.failure else { return }
            write(.warning, "\(url): cannot read \(outcome.address): \(failure)")
        case .dialect(let name, _): write(.info, "\(url): speaks \(name)")
        case .events(let batch):
            for line in batch.refused.prefix(10) { write(.warning, "\(url): refused a line: \(line.reason)") }
        case .boot(let id, let instance):
            write(.info, "\(url): boot \(id)\(instance.map { " of \($0)" } ?? "") answered")
        case .health, .snapshot: break
        }
    }

    /// Notes what came of an action.
    func note(_ outcome: ActionOutcome, of request: ActionRequest, _ url: String) {
        switch outcome {
        case .done(let words): write(.info, "\(url): action done: \(request.words): \(words)")
        case .refused(let words): write(.warning, "\(url): action refused: \(request.words): \(words)")
        case .failed(let words): write(.error, "\(url): action failed: \(request.words): \(words)")
        }
    }
}
