import ArgumentParser
import ConsoleApp
import ConsoleClient

/// The flags of commands that others send to.
struct ReceiverFlags: ParsableArguments {
    @Option(help: "Without a terminal: print the model after this time, 500ms, 2s, 5m, 1h, and exit.")
    var wait: String?
    @Option(help: "How --wait prints it: json|plain|ndjson.") var format = Snapshot.Format.plain

    /// Opens the console on a receiver, or prints what it receives where there is no terminal.
    func show(_ receiver: Receiver, _ flags: ConsoleFlags, _ screen: ScreenFlags) async throws {
        var options = try flags.options([])
        try screen.apply(to: &options)
        options.targets = [.receiver(receiver)]
        if let wait {
            guard let wait = DurationText.parse(wait), wait > .zero else {
                throw ValidationError("--wait: \"\(wait)\" is no duration; write 500ms, 2s, 5m or 1h")
            }
            return try await Snapshot.print(options, format, wait: wait)
        }
        guard OutputStreams.areTerminal else { return try await Collector.stream(receiver, options) }
        try await screen.plain ? Console.announce(options) : Console.open(options, flags, screen)
    }
}
