import ConsoleClient
public import ConsoleModel
import WireProtocol

/// Asks every target once and gives what is then known.
public enum Collector {
    /// Reads all targets, live ones for `wait` as well.
    ///
    /// - Throws: ``FileError`` when a file cannot be read.
    public static func collect(_ options: ConsoleOptions, wait: Duration = .zero) async throws -> ConsoleState
    {
        let files = options.targets.enumerated().compactMap { index, target -> (Int, String)? in
            if case .file(let path) = target { (index, path) } else { nil }
        }
        // A file's last event is its "now"; a live backend's now is ours.
        let hasLive = files.count < options.targets.count
        var store = Store(
            ConsoleState(
                now: hasLive ? SystemClock.now() : Timestamp(milliseconds: 0), expected: options.expected,
                ruleSettings: options.rules))
        for (index, target) in options.targets.enumerated() {
            _ = store.send(.addBackend(BackendKey(index), url: target.url))
        }
        for (index, path) in files { try read(path, BackendKey(index), into: &store, isAlone: !hasLive) }
        if hasLive { await ask(options, wait, into: &store) }
        return store.state
    }

    private static func read(_ path: String, _ key: BackendKey, into store: inout Store, isAlone: Bool)
        throws(FileError)
    {
        var last = store.state.now
        try FileSource(path: path).read { batch in
            last = max(last, batch.events.compactMap(\.timestamp).max() ?? last)
            _ = store.send(.received(key, .events(batch), at: last))
        }
        _ = store.send(.received(key, .dialect(name: "ndjson", coverage: .file), at: last))
        _ = store.send(.received(key, .link(.ended, reason: "end of file", retryIn: nil), at: last))
        _ = store.send(.tick(isAlone ? last : store.state.now))
    }

    private static func ask(_ options: ConsoleOptions, _ wait: Duration, into store: inout Store) async {
        let live = options.targets.enumerated().compactMap { index, target -> (BackendKey, BackendTarget)? in
            if case .backend(let backend) = target { (BackendKey(index), backend) } else { nil }
        }
        if wait > .zero {
            await watch(live, options, wait, into: &store)
        } else {
            await withTaskGroup(of: (BackendKey, [Message]).self) { group in
                for (key, target) in live {
                    group.addTask {
                        (key, await BackendReader.readOnce(target, options.client, dialect: options.dialect))
                    }
                }
                for await (key, messages) in group {
                    for message in messages { _ = store.send(.received(key, message, at: SystemClock.now())) }
                }
            }
        }
        _ = store.send(.tick(SystemClock.now()))
    }

    /// Lets live links run for a while.
    private static func watch(
        _ live: [(BackendKey, BackendTarget)], _ options: ConsoleOptions, _ wait: Duration,
        into store: inout Store
    ) async {
        guard let links = try? ConsoleLinks(options.client) else { return }
        let (news, output) = AsyncStream<(BackendKey, Message)>.makeStream()
        let tasks = live.flatMap { key, target -> [Task<Void, Never>] in
            let connection = links.connection(to: target, dialect: options.dialect)
            let reading = Task {
                for await message in connection.messages { output.yield((key, message)) }
            }
            return [reading, Task { await connection.run() }]
        }
        let end = Task {
            try? await Task.sleep(for: wait)
            output.finish()
        }
        for await (key, message) in news { _ = store.send(.received(key, message, at: SystemClock.now())) }
        end.cancel()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await links.shutDown()
    }
}

extension ConsoleState {
    /// Whether some target gave nothing at all.
    public var hasSilentBackend: Bool {
        backends.contains { $0.link.state == .lost && !$0.reception.hasSnapshot }
    }
}
