import ConsoleClient
public import ConsoleModel
public import WireProtocol

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
        // A file ends at its last event; a live backend's now is ours.
        let hasLive = files.count < options.targets.count
        var store = Store(
            ConsoleState(
                now: hasLive ? SystemClock.now() : Timestamp(milliseconds: 0), expected: options.expected,
                ruleSettings: options.rules, ruleLimits: options.ruleLimits, redaction: options.redaction))
        for (index, target) in options.targets.enumerated() {
            _ = store.send(.addBackend(BackendKey(index), url: target.url))
        }
        for (index, path) in files { try read(path, BackendKey(index), into: &store) }
        // Files without a time in them are as old as this reading.
        if store.state.now == Timestamp(milliseconds: 0) { _ = store.send(.tick(SystemClock.now())) }
        if hasLive { await ask(options, wait, into: &store) }
        return store.state
    }

    private static func read(_ path: String, _ key: BackendKey, into store: inout Store) throws(FileError) {
        var clock = FileClock()
        try FileSource(path: path).readMessages { message in
            _ = store.send(.received(key, message, at: clock.moment(of: message, store.state.now)))
        }
        _ = store.send(.tick(store.state.now))
    }

    private static func ask(_ options: ConsoleOptions, _ wait: Duration, into store: inout Store) async {
        if wait > .zero {
            await watch(options, wait, into: &store)
        } else {
            let live = options.targets.enumerated().compactMap {
                index, target -> (BackendKey, BackendTarget)? in
                if case .backend(let backend) = target { (BackendKey(index), backend) } else { nil }
            }
            await withTaskGroup(of: (BackendKey, [Message]).self) { group in
                for (key, target) in live {
                    group.addTask {
                        let (client, dialect) = (options.client(for: target), options.dialect(for: target))
                        return (key, await BackendReader.readOnce(target, client, dialect: dialect))
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
    private static func watch(_ options: ConsoleOptions, _ wait: Duration, into store: inout Store) async {
        var allLinks: [ConsoleLinks] = []
        let (news, output) = AsyncStream<(BackendKey, Message)>.makeStream()
        let tasks = options.targets.enumerated().flatMap { index, target -> [Task<Void, Never>] in
            let source: any MessageSource
            switch target {
            case .file: return []
            case .backend(let backend):
                guard let links = try? ConsoleLinks(options.client(for: backend)) else { return [] }
                allLinks.append(links)
                source = links.connection(to: backend, dialect: options.dialect(for: backend))
            case .receiver(let receiver):
                guard let links = try? ConsoleLinks(options.client) else { return [] }
                allLinks.append(links)
                source = options.source(receiver, links)
            }
            let reading = Task {
                var voice = ReceiverVoice()
                for await message in source.messages {
                    if case .receiver = target {
                        voice.lines(about: message).forEach(OutputStreams.writeError)
                    }
                    output.yield((BackendKey(index), message))
                }
            }
            return [reading, Task { await source.run() }]
        }
        let end = Task {
            try? await Task.sleep(for: wait)
            output.finish()
        }
        for await (key, message) in news { _ = store.send(.received(key, message, at: SystemClock.now())) }
        end.cancel()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for links in allLinks { await links.shutDown() }
    }
}

extension Collector {
    /// Gives the events that others send to a receiver as NDJSON lines, until the task is cancelled.
    ///
    /// - Throws: ``OutputError`` when they cannot be written any more.
    public static func stream(_ receiver: Receiver, _ options: ConsoleOptions) async throws {
        let links = try ConsoleLinks(options.client)
        let source = options.source(receiver, links)
        let running = Task { await source.run() }
        var voice = ReceiverVoice()
        var failure: OutputError?
        for await message in source.messages {
            voice.lines(about: message).forEach(OutputStreams.writeError)
            guard case .events(let batch) = message else { continue }
            let lines = batch.events.map { event in
                options.redaction.line(Array(batch.bytes[event.line.range])) + [0x0A]
            }
            do throws(OutputError) {
                try OutputStreams.writeOutput(String(decoding: lines.joined(), as: UTF8.self), .json)
            } catch {
                failure = error
                break
            }
        }
        running.cancel()
        await running.value
        await links.shutDown()
        if let failure { throw failure }
    }
}

extension ConsoleState {
    /// Whether some target gave nothing at all.
    public var hasSilentBackend: Bool {
        backends.contains { $0.link.state == .lost && !$0.reception.hasSnapshot } || !unreadFiles.isEmpty
    }

    /// The files in which no line could be read, and why.
    public var unreadFiles: [ReadOutcome] {
        backends.filter { $0.link.state == .ended && $0.reception.lastEventAt == nil }
            .flatMap(\.reception.unread.values)
    }
}
