import Hummingbird
import WireProtocol

/// Runs the example: `swift run hummingbird-example`, then `ctxtop http://127.0.0.1:PORT`.
@main enum Main {
    static func main() async throws {
        let server = FortyLineServer(now: { SystemClock.now() })
        try await server.application { port in print("forty ready at http://127.0.0.1:\(port)") }.runService()
    }
}
