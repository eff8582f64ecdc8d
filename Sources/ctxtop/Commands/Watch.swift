import ArgumentParser
import ConsoleApp
import ConsoleModel

/// `ctxtop watch TARGET…`: what happens, as NDJSON, until it is stopped.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events, findings or changes as NDJSON until stopped.")

    @Argument(help: "URLs or NDJSON files.") var targets: [String]
    @Option(help: "\(WatchVoice.Kind.allCases.map(\.rawValue).joined(separator: "|"))")
    var kind = WatchVoice.Kind.events
    @Option(help: "What must hold, in the console's filter language: user:ada p95>2s /regex/ !not.")
    var filter = ""
    @OptionGroup var flags: ConsoleFlags

    func run() async throws { try await Self.run(try flags.options(targets), kind, filter) }

    /// A signal is how a watch ends, so it is no failure.
    @MainActor private static func run(_ options: ConsoleOptions, _ kind: WatchVoice.Kind, _ filter: String)
        async throws
    {
        let voice: WatchVoice
        do throws(FilterError) { voice = try WatchVoice(kind, filter: filter) } catch {
            throw ValidationError("--filter: \(error.message), at character \(error.position + 1)")
        }
        let ending = await LineLoop(options, voice).run(takesWords: false)
        // A reader such as `head` may go when it has enough.
        if case .unwritten(let error) = ending, !error.isClosedPipe { throw error }
    }
}

extension WatchVoice.Kind: ExpressibleByArgument {}
