import ArgumentParser
import ConsoleApp
import ConsoleClient
import MonitorServer

/// The flags of commands that others send to.
struct ReceiverFlags: ParsableArguments {
    @Option(help: "Without a terminal: print the model after this time, 500ms, 2s, 5m, 1h, and exit.")
    var wait: String?
    @Option(help: "How --wait prints it: json|plain|ndjson.") var format = Snapshot.Format.plain
    @OptionGroup var monitoring: MonitorFlags

    /// Opens the console on a receiver, or prints what it receives where there is no terminal.
    func show(_ receiver: Receiver, _ flags: ConsoleFlags, _ screen: ScreenFlags) async throws {
        var options = try flags.options([])
        try screen.apply(to: &options)
        options.targets = [.receiver(receiver)]
        let monitor = try monitoring.monitor(of: receiver, options)
        if let monitor { options.tap = { monitor.watching($0) } }
        try await start(monitor, isPlain: screen.plain)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await show(receiver, options, flags, screen)) } catch {
            outcome = .failure(error)
        }
        await monitor?.stop()
        try outcome.get()
    }

    /// Listens for operators, and says where.
    private func start(_ monitor: ReceiverMonitor?, isPlain: Bool) async throws {
        guard let monitor else { return }
        let url: String
        do throws(MonitorPlanError) { url = try await monitor.start() } catch {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        let line = "operators attach with: ctxtop \(url)"
        if isPlain {
            try OutputStreams.writeOutput(line + "\n")
        } else if !OutputStreams.areTerminal {
            OutputStreams.writeError("ctxtop: \(line)")
        }
    }

    private func show(
        _ receiver: Receiver, _ options: ConsoleOptions, _ flags: ConsoleFlags, _ screen: ScreenFlags
    ) async throws {
        if let wait {
            guard let wait = DurationText.parse(wait), wait > .zero else {
                throw ValidationError("--wait: \"\(wait)\" is no duration; write 500ms, 2s, 5m or 1h")
            }
            return try await Snapshot.print(options, format, wait: wait)
        }
        if screen.plain {
            return try await Console.announce(options, isService: !OutputStreams.areTerminal)
        }
        guard OutputStreams.areTerminal else { return try await Collector.stream(receiver, options) }
        try await Console.open(options, flags, screen)
    }
}
