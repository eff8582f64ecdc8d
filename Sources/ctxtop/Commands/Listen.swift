import ArgumentParser
import ConsoleApp
import ConsoleClient

/// `ctxtop listen`: what instrumented agents send by OTLP, as sessions, runs and tool calls.
struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive OTLP over HTTP and gRPC from instrumented agents.",
        discussion: """
            Point an agent here with OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT, with the port for HTTP or the one
            for gRPC as its exporter needs. Without a terminal, events are printed as NDJSON until stopped, or with
            --wait the model once.
            """)

    @Option(help: "Where to listen for HTTP, HOST:PORT; port 0 takes a free one.") var otlp = "127.0.0.1:4318"
    @Option(help: "Where to listen for gRPC, HOST:PORT, or off. (default: 127.0.0.1:4317 if it is free)")
    var otlpGrpc: String?
    @OptionGroup var receiving: ReceiverFlags
    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() async throws {
        guard let address = ListenAddress(otlp) else {
            throw ValidationError("--otlp: \"\(otlp)\" is not HOST:PORT")
        }
        let receiver = Receiver.telemetry(
            address, grpc: try grpc(besides: address), isSpare: otlpGrpc == nil)
        try await receiving.show(receiver, flags, screen)
    }

    /// Where gRPC is received; nil when it is off.
    private func grpc(besides http: ListenAddress) throws -> ListenAddress? {
        if otlpGrpc == "off" { return nil }
        let otlpGrpc = otlpGrpc ?? "127.0.0.1:4317"
        guard let address = ListenAddress(otlpGrpc) else {
            throw ValidationError("--otlp-grpc: \"\(otlpGrpc)\" is not HOST:PORT, and not off")
        }
        guard address != http || address.port == 0 else {
            throw ValidationError(
                "--otlp and --otlp-grpc are both \(address); set one to another port, or --otlp-grpc off")
        }
        return address
    }
}
