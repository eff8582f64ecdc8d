import ArgumentParser
import ConsoleApp
import ConsoleClient

/// `ctxtop proxy`: a reverse proxy in front of an AG-UI server, and the runs that pass it.
struct Proxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the runs that pass a reverse proxy in front of an AG-UI server.",
        discussion: """
            AG-UI answers each run to whoever asked for it, so it can only be watched in between: point the clients
            at the proxy. Bodies pass unchanged. Without a terminal, events are printed as NDJSON until stopped, or
            with --wait the model once.
            """)

    @Option(help: "The server's URL.") var upstream: String
    @Option(help: "Where to listen, HOST:PORT; port 0 takes a free one.") var listen = "127.0.0.1:8701"
    @Option(help: "The request field that says whose a run is.") var userHeader: String?
    @OptionGroup var receiving: ReceiverFlags
    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() async throws {
        guard let address = ListenAddress(listen) else {
            throw ValidationError("--listen: \"\(listen)\" is not HOST:PORT")
        }
        let target: BackendTarget
        do throws(TargetError) { target = try BackendTarget(upstream) } catch {
            throw ValidationError("--upstream: \(error)")
        }
        try await receiving.show(.proxy(address, upstream: target, userHeader: userHeader), flags, screen)
    }
}
