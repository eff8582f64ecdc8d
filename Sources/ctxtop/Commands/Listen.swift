import ArgumentParser
import ConsoleApp
import ConsoleClient

/// `ctxtop listen`: what instrumented agents send by OTLP, as sessions, runs and tool calls.
struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive OTLP/HTTP from instrumented agents.",
        discussion: """
            Point an agent here with OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT. Without a terminal, events are
            printed as NDJSON until stopped, or with --wait the model once.
            """)

    @Option(help: "Where to listen, HOST:PORT; port 0 takes a free one.") var otlp = "127.0.0.1:4318"
    @OptionGroup var receiving: ReceiverFlags
    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() async throws {
        guard let address = ListenAddress(otlp) else {
            throw ValidationError("--otlp: \"\(otlp)\" is not HOST:PORT")
        }
        try await receiving.show(.telemetry(address), flags, screen)
    }
}
