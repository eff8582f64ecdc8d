import ArgumentParser
import ConsoleApp
import ConsoleClient
import ConsoleModel
import WireProtocol

/// `ctxtop snapshot TARGET…`: the model, once.
struct Snapshot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the model once.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case json, plain, ndjson }

    @Argument(help: "URLs or NDJSON files.") var targets: [String]
    @Option(help: "json|plain|ndjson") var format = Format.json
    @Option(help: "Let live sources run first: 500ms, 2s, 5m, 1h.") var wait = "0s"
    @OptionGroup var flags: ConsoleFlags

    func run() async throws {
        guard let wait = DurationText.parse(wait) else {
            throw ValidationError("--wait: \"\(wait)\" is no duration; write 500ms, 2s, 5m or 1h")
        }
        try await Self.print(try flags.options(targets), format, wait: wait)
    }

    /// Prints the whole document; exit 3 when a target gave nothing.
    static func print(_ options: ConsoleOptions, _ format: Format, wait: Duration) async throws {
        let state: ConsoleState
        do { state = try await Collector.collect(options, wait: wait) } catch let error as FileError {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        let document = state.snapshotDocument(takenAt: SystemClock.now())
        switch format {
        case .json: try OutputStreams.writeOutput(document.json.prettyText + "\n", .json)
        case .plain: try OutputStreams.writeOutput(PlainSnapshot.text(state))
        case .ndjson:
            for backend in document.backends {
                try OutputStreams.writeOutput(backend.json.text + "\n", .json)
            }
        }
        for file in state.unreadFiles {
            OutputStreams.writeError("ctxtop: \(file.address): \(file.failure ?? "")")
        }
        if state.hasSilentBackend { throw ExitCode(3) }
    }
}
