import ArgumentParser
import ConsoleApp
import Terminal

/// `ctxtop TARGET…`: the console; a plain snapshot where there is no terminal.
struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the console on backends or files (default).")

    @Argument(help: "URLs or NDJSON files.") var targets: [String]
    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() async throws {
        var options = try flags.options(targets)
        try screen.apply(to: &options)
        guard OutputStreams.areTerminal, !screen.plain || options.hasLiveTarget else {
            return try await Snapshot.print(options, .plain, wait: .zero)
        }
        try await screen.plain ? Console.announce(options) : Console.open(options, flags, screen)
    }
}

/// Opens the console and leaves as its ending says.
enum Console {
    @MainActor static func open(_ options: ConsoleOptions, _ flags: ConsoleFlags, _ screen: ScreenFlags)
        async throws
    {
        let ending: RunLoop.Ending
        do throws(TerminalError) {
            ending = try await RunLoop(options) {
                var changed = try flags.readOptions([])
                try screen.apply(to: &changed)
                return changed
            }.run()
        } catch {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        // As a shell sees a process that a signal ended.
        if case .signal(let number) = ending { throw ExitCode(128 + number) }
    }

    /// Says what changes, line by line, until `q` and Enter or ctrl-c.
    ///
    /// - Parameter isService: whether it runs without a terminal, where SIGTERM is the way to end it.
    @MainActor static func announce(_ options: ConsoleOptions, isService: Bool = false) async throws {
        let voice = PlainVoice(targets: options.targets.map(\.url), takesWords: !isService)
        let ending = await LineLoop(options, voice).run(takesWords: !isService)
        if isService, ending.isAskedFor { return }
        if case .unwritten(let error) = ending, !error.isClosedPipe { throw error }
        if case .signal(let number) = ending { throw ExitCode(128 + number) }
    }
}
