import ConsoleClient
import ConsoleModel
import ConsoleViews
import PatternDetection
import Screen
import Terminal
import WireProtocol

/// The run loop: the only place where links, store and terminal meet.
@MainActor
public final class RunLoop {
    /// Why the loop ended.
    public enum Ending: Sendable, Equatable {
        /// Somebody asked to quit.
        case quit
        /// A signal asked the process to end.
        case signal(Int32)
    }

    /// How often the world may change the picture: 10 times a second.
    private static let frameInterval = Duration.milliseconds(100)

    private var store: Store
    private let options: ConsoleOptions
    private var isDirty = true
    private var request: PlaceRequest?

    /// A loop over those targets.
    public init(_ options: ConsoleOptions) {
        self.options = options
        request = options.place
        var store = Store(
            ConsoleState(
                now: SystemClock.now(), expected: options.expected, ruleSettings: options.rules,
                ruleLimits: options.ruleLimits))
        for (index, target) in options.targets.enumerated() {
            _ = store.send(.addBackend(BackendKey(index), url: target.url))
        }
        self.store = store
    }

    /// What makes the loop turn.
    private enum Turn: Sendable {
        case terminal(TerminalWake)
        case message(BackendKey, Message)
        case tick
    }

    /// Runs until somebody quits; the terminal is given back before this returns or throws.
    ///
    /// - Throws: ``TerminalError`` when there is no terminal; what the HTTP client says about its files.
    public func run() async throws -> Ending {
        let (turns, output) = AsyncStream<Turn>.makeStream()
        var terminal = try NcursesTerminal(theme: theme)
        let wakes = TerminalWakes { output.yield(.terminal($0)) }
        defer { withExtendedLifetime(wakes) {} }
        let isASCII = options.isASCII || !localeShowsUTF8()
        draw(&terminal, isASCII)
        let links = try ConsoleLinks(options.client)
        let tasks = start(links, output) + [ticker(output)]
        var ending = Ending.quit
        for await turn in turns {
            if let end = take(turn, &terminal, isASCII) {
                ending = end
                break
            }
        }
        terminal.close()
        for task in tasks { task.cancel() }
        await links.shutDown()
        return ending
    }

    private var theme: Theme? {
        options.isColourless ? nil : Theme.all.first { $0.name == options.theme } ?? Theme.all.first
    }

    private func take(_ turn: Turn, _ terminal: inout NcursesTerminal, _ isASCII: Bool) -> Ending? {
        switch turn {
        case .message(let key, let message):
            _ = store.send(.received(key, message, at: SystemClock.now()))
            isDirty = true
            openRequested()
        case .tick:
            _ = store.send(.tick(SystemClock.now()))
            draw(&terminal, isASCII)
        case .terminal(.keysReady):
            while let key = terminal.nextKey() {
                if key == .control("z") {
                    terminal.suspend()
                    continue
                }
                if press(key) { return .quit }
            }
            draw(&terminal, isASCII)
        case .terminal(.resized):
            terminal.followSize()
            draw(&terminal, isASCII)
        case .terminal(.suspendRequested):
            terminal.suspend()
            draw(&terminal, isASCII)
        case .terminal(.endRequested(let signal)): return .signal(signal)
        }
        return nil
    }

    /// Does what a key is bound to; true when that is to quit.
    private func press(_ key: Key) -> Bool {
        guard let action = KeyMap.standard.action(for: key, in: store.state) else { return false }
        isDirty = true
        return store.send(action).contains(.quit)
    }

    private func draw(_ terminal: inout NcursesTerminal, _ isASCII: Bool) {
        let size = terminal.size
        _ = store.send(.resize(width: size.width, height: size.height))
        terminal.show(
            render(
                store.state, width: size.width, height: size.height, metrics: terminal.metrics,
                isASCII: isASCII))
        isDirty = false
    }

    private func ticker(_ output: AsyncStream<Turn>.Continuation) -> Task<Void, Never> {
        Task.detached {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.frameInterval)
                output.yield(.tick)
            }
        }
    }

    private func start(_ links: ConsoleLinks, _ output: AsyncStream<Turn>.Continuation) -> [Task<Void, Never>]
    {
        options.targets.enumerated().flatMap { index, target -> [Task<Void, Never>] in
            let key = BackendKey(index)
            switch target {
            case .backend(let backend):
                return Self.run(links.connection(to: backend, dialect: options.dialect), key, output)
            case .receiver(let receiver): return Self.run(links.source(receiver), key, output)
            case .file(let path):
                return [Task.detached { Self.read(path, key, output) }]
            }
        }
    }

    private nonisolated static func run(
        _ source: any MessageSource, _ key: BackendKey, _ output: AsyncStream<Turn>.Continuation
    ) -> [Task<Void, Never>] {
        let reading = Task.detached {
            for await message in source.messages { output.yield(.message(key, message)) }
        }
        return [reading, Task.detached { await source.run() }]
    }

    private nonisolated static func read(
        _ path: String, _ key: BackendKey, _ output: AsyncStream<Turn>.Continuation
    ) {
        output.yield(.message(key, .dialect(name: "ndjson", coverage: .file)))
        do throws(FileError) {
            try FileSource(path: path).read { output.yield(.message(key, .events($0))) }
            output.yield(.message(key, .link(.ended, reason: "end of file", retryIn: nil)))
        } catch {
            output.yield(.message(key, .link(.lost, reason: error.description, retryIn: nil)))
        }
    }

    /// Opens what `--open` asks for, as soon as it is known.
    private func openRequested() {
        guard let wanted = request else { return }
        guard let id = wanted.id else {
            request = nil
            _ = store.send(.show(wanted.view))
            return
        }
        guard let place = store.state.place(of: wanted.view, id: id) else { return }
        request = nil
        _ = store.send(.show(wanted.view))
        _ = store.send(.open(place))
    }
}

extension ConsoleState {
    /// What `--open VIEW:ID` means, when it is there already.
    fileprivate func place(of view: ViewID, id: String) -> Place? {
        switch view {
        case .sessions:
            sessionTable().rows.first {
                $0.key.id.rawValue.hasSuffix(id)
                    || contextDetail($0.key)?.context?.id.rawValue.hasSuffix(id) == true
            }.map { .context($0.key) }
        case .paths: pathTable().rows.first { $0.record.path.rawValue == id }.map { .path($0.key) }
        case .dispatchers:
            dispatcherTable().rows.first { $0.record.id.rawValue.hasSuffix(id) }.map { .dispatcher($0.key) }
        case .findings: findingTable().rows.first { $0.finding.id == id }.map { .finding($0.finding.key) }
        case .health: healthTable().rows.first { $0.key.name == id }.map { .check($0.key) }
        case .events: Int(id).flatMap { eventRow($0) != nil ? .event($0) : nil }
        case .pulse: nil
        }
    }
}
