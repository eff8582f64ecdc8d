import ConsoleModel
import Dispatch
import Synchronization
import Terminal
import WireProtocol

/// What waits for the owner of a store: keys and signals without limit, what backends said with bounded room.
final class Mailbox: Sendable {
    /// How many messages may wait before their sources have to; a batch of events is one message.
    static let capacity = 256

    /// One message of one backend.
    struct Letter: Sendable {
        let key: BackendKey
        let message: Message
    }

    private struct Waiting {
        var wakes: [TerminalWake] = []
        var isTickDue = false
        var actions: [Action] = []
        var letters: [Letter] = []
        /// How many of the letters were taken; removing each at once would move all the others.
        var taken = 0
        /// Lets go of those who found no room.
        var writers: [@Sendable () -> Void] = []
        var isClosed = false

        var count: Int { letters.count - taken }
    }

    /// Rings once for whatever came since it was last heard.
    let bell: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation
    private let waiting = Mutex(Waiting())

    init() { (bell, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Rings the bell, for what was left waiting or for a frame that is due.
    func ring() { ringer.yield() }

    /// Adds a key or a signal.
    func put(_ wake: TerminalWake) {
        waiting.withLock { if !$0.wakes.contains(wake) { $0.wakes.append(wake) } }
        ring()
    }

    /// Adds what came of something that the store had asked for.
    func put(_ action: Action) {
        waiting.withLock { $0.actions.append(action) }
        ring()
    }

    /// Says that time has passed.
    func putTick() {
        waiting.withLock { $0.isTickDue = true }
        ring()
    }

    /// Adds what a backend said; waits while there is no room.
    func put(_ message: Message, from key: BackendKey) async {
        await withCheckedContinuation { continuation in
            if hasRoom(for: Letter(key: key, message: message), otherwise: { continuation.resume() }) {
                continuation.resume()
            }
        }
    }

    /// As ``put(_:from:)`` for a thread that may block: one that reads a file.
    func putBlocking(_ message: Message, from key: BackendKey) {
        let gate = DispatchSemaphore(value: 0)
        if !hasRoom(for: Letter(key: key, message: message), otherwise: { gate.signal() }) { gate.wait() }
    }

    /// Adds a letter; when it is one too many, `release` is kept and called as soon as there is room again.
    private func hasRoom(for letter: Letter, otherwise release: @escaping @Sendable () -> Void) -> Bool {
        defer { ring() }
        return waiting.withLock { waiting in
            if waiting.isClosed { return true }
            waiting.letters.append(letter)
            if waiting.count <= Self.capacity { return true }
            waiting.writers.append(release)
            return false
        }
    }

    /// Whether keys or signals wait, which go before everything else.
    var hasWakes: Bool { waiting.withLock { !$0.wakes.isEmpty } }

    /// The keys and signals that wait.
    func takeWakes() -> [TerminalWake] {
        waiting.withLock { waiting in
            defer { waiting.wakes = [] }
            return waiting.wakes
        }
    }

    /// The actions that wait.
    func takeActions() -> [Action] {
        waiting.withLock { waiting in
            defer { waiting.actions = [] }
            return waiting.actions
        }
    }

    /// Whether time has passed since the last question.
    func takeTick() -> Bool {
        waiting.withLock { waiting in
            defer { waiting.isTickDue = false }
            return waiting.isTickDue
        }
    }

    /// The next message, or nil.
    func takeLetter() -> Letter? {
        let (letter, release) = waiting.withLock { waiting -> (Letter?, (@Sendable () -> Void)?) in
            guard waiting.count > 0 else { return (nil, nil) }
            let letter = waiting.letters[waiting.taken]
            waiting.taken += 1
            if waiting.count == 0 || waiting.taken >= Self.capacity {
                waiting.letters.removeFirst(waiting.taken)
                waiting.taken = 0
            }
            return (letter, waiting.writers.isEmpty ? nil : waiting.writers.removeFirst())
        }
        release?()
        return letter
    }

    /// Lets everybody who waits for room go; nothing is taken any more.
    func close() {
        let writers = waiting.withLock { waiting in
            waiting.isClosed = true
            waiting.letters = []
            waiting.taken = 0
            defer { waiting.writers = [] }
            return waiting.writers
        }
        for release in writers { release() }
        ringer.finish()
    }
}
