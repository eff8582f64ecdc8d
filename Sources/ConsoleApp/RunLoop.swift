import ConsoleClient
import ConsoleModel
import ConsoleViews
import PatternDetection
import Screen
import Terminal
import WireProtocol

/// When the screen is to be drawn again.
private struct FramePace {
    /// Whether what is shown is out of date.
    var isDirty = true
    var isFrameScheduled = false
    var drawnAt: ContinuousClock.Instant?
}

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

    /// How often the world may change the picture: 10 times a second. Keys are answered at once.
    private static let frameInterval = Duration.milliseconds(100)
    /// How long messages are taken before keys are looked at again.
    private static let slice = Duration.milliseconds(8)

    var store: Store
    var options: ConsoleOptions
    let mailbox = Mailbox()
    let sources: LiveSources
    /// What outlives this console.
    var memory = MemoryFile.load()
    /// Everything that is watched; a backend's key is its place in here.
    var targets: [ConsoleTarget]
    private let isASCII: Bool
    private var request: PlaceRequest?
    private var pace = FramePace()
    /// Reads the configuration and the command line anew when the file has changed.
    var reloading: Reloading?
    /// Who is told of findings that become critical.
    var alarm = CriticalAlarm()
    /// What is run for them.
    var hook: CommandHook?
    /// The times of the files among the targets.
    private var fileClocks = FileClocks()
    /// The backends whose news since the last visit were told.
    private var greeted: Set<BackendKey> = []

    /// A loop over those targets.
    ///
    /// - Parameter reload: reads what holds when the configuration has changed.
    public init(_ options: ConsoleOptions, reload: (() throws -> ConsoleOptions)? = nil) {
        giveBackFreedMemory()
        self.options = options
        request = options.place
        reloading = reload.map { Reloading(read: $0, watch: ConfigurationWatch([options.configurationPath])) }
        hook = options.onCritical.map { CommandHook($0) }
        isASCII = options.isASCII || !localeShowsUTF8()
        sources = LiveSources(options, mailbox)
        targets = options.targets
        store = Store(
            ConsoleState(
                now: SystemClock.now(), expected: options.expected, ruleSettings: options.rules,
                ruleLimits: options.ruleLimits, redaction: options.redaction))
        for (index, target) in targets.enumerated() {
            _ = store.send(.addBackend(BackendKey(index), url: target.url))
        }
        var settings = options.interface
        settings.acceptsAnyCertificate = options.acceptsAnyCertificate
        settings.showsFirstRunHint = memory.openedBefore == 0
        _ = store.send(.applySettings(settings))
        _ = store.send(.recall(memory.remembered))
    }

    /// Runs until somebody quits; the terminal is given back before this returns or throws.
    ///
    /// - Throws: ``TerminalError`` when there is no terminal.
    public func run() async throws(TerminalError) -> Ending {
        var terminal = try NcursesTerminal(theme: options.isColourless ? nil : options.theme)
        if options.interface.isMouseOn { terminal.setMouse(true) }
        let wakes = TerminalWakes { [mailbox] wake in mailbox.put(wake) }
        defer { withExtendedLifetime(wakes) {} }
        options.log?.noteStart(options.targets.map(\.url))
        // Before any answer of any backend.
        draw(&terminal)
        terminal.setTitle("ctxtop " + options.targets.map(\.url).joined(separator: " "))
        for (index, target) in options.targets.enumerated() { sources.start(target, as: BackendKey(index)) }
        sources.startTicking()
        var ending = Ending.quit
        for await _ in mailbox.bell {
            if let end = turn(&terminal) {
                ending = end
                break
            }
        }
        terminal.close()
        noteVisit()
        hook?.stop()
        options.log?.write(.info, "ends: \(ending)")
        await sources.shutDown()
        return ending
    }

    /// Takes what waits, keys first, and draws when that is due.
    private func turn(_ terminal: inout NcursesTerminal) -> Ending? {
        for wake in mailbox.takeWakes() {
            if let end = take(wake, &terminal) { return end }
        }
        for action in mailbox.takeActions() {
            if send(action, &terminal) { return .quit }
        }
        if mailbox.takeTick() {
            _ = store.send(.tick(SystemClock.now()))
            followConfiguration(&terminal)
            raiseAlarm(terminal)
            pace.isDirty = true
            tellNews()
        }
        receive()
        drawIfDue(&terminal)
        return nil
    }

    private func take(_ wake: TerminalWake, _ terminal: inout NcursesTerminal) -> Ending? {
        switch wake {
        case .keysReady:
            while let input = terminal.nextInput() {
                if take(input, &terminal) { return .quit }
            }
        case .resized: terminal.followSize()
        case .suspendRequested: terminal.suspend()
        case .continued: terminal.takeBack()
        case .endRequested(let signal): return .signal(signal)
        }
        draw(&terminal)
        return nil
    }

    /// Does what a key is bound to; true when that is to quit.
    private func take(_ input: TerminalInput, _ terminal: inout NcursesTerminal) -> Bool {
        switch input {
        case .key(.control("z")): terminal.suspend()
        case .key(.control("l")): terminal.redraw()
        case .key(let key):
            guard let action = options.keys.action(for: key, in: store.state) else { return false }
            return send(action, &terminal)
        case .paste(let text):
            // A paste is text; without a prompt there is nowhere to put it, and it must never press keys.
            if store.state.interface.prompt != nil { return send(.insert(text), &terminal) }
        }
        return false
    }

    /// Applies an action and does the work that it asks for; true when that is to quit.
    private func send(_ action: Action, _ terminal: inout NcursesTerminal) -> Bool {
        pace.isDirty = true
        for effect in store.send(action) {
            if perform(effect, &terminal) { return true }
        }
        return false
    }

    private func receive() {
        let end = ContinuousClock.now + Self.slice
        while let letter = mailbox.takeLetter() {
            options.log?.note(letter.message, of: store.state.backend(letter.key)?.url ?? "")
            let moment = fileClocks.moment(
                of: letter.message, from: letter.key, among: targets, SystemClock.now())
            _ = store.send(.received(letter.key, letter.message, at: moment))
            pace.isDirty = true
            openRequested()
            if .now > end || mailbox.hasWakes { return mailbox.ring() }
        }
    }

    private func drawIfDue(_ terminal: inout NcursesTerminal) {
        // A key draws what it changed, and this with it.
        guard pace.isDirty, !mailbox.hasWakes else { return }
        let wait = pace.drawnAt.map { $0 + Self.frameInterval - .now } ?? .zero
        if wait <= .zero { return draw(&terminal) }
        guard !pace.isFrameScheduled else { return }
        pace.isFrameScheduled = true
        let mailbox = mailbox
        Task.detached {
            try? await Task.sleep(for: wait)
            mailbox.ring()
        }
    }

    private func draw(_ terminal: inout NcursesTerminal) {
        let size = terminal.size
        _ = store.send(.resize(width: size.width, height: size.height))
        terminal.show(
            render(
                store.state, width: size.width, height: size.height, metrics: terminal.metrics,
                isASCII: isASCII, keys: options.keys))
        pace = FramePace(isDirty: false, isFrameScheduled: false, drawnAt: .now)
    }

    /// Says what is new since the last visit, once for each backend that was seen before.
    private func tellNews() {
        for backend in store.state.backends where !greeted.contains(backend.key) {
            guard let now = Visit(backend, in: store.state) else { continue }
            greeted.insert(backend.key)
            guard let news = memory.visits[backend.url]?.news(in: now) else { continue }
            say(targets.count > 1 ? "\(backend.name): \(news)" : news)
        }
    }

    /// Opens what `--open` asks for, as soon as it is known.
    private func openRequested() {
        guard let wanted = request else { return }
        if let id = wanted.id {
            guard let place = store.state.place(of: wanted.view, id: id) else { return }
            _ = store.send(.show(wanted.view))
            _ = store.send(.open(place))
        } else {
            _ = store.send(.show(wanted.view))
        }
        request = nil
    }
}
