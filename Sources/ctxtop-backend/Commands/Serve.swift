import ArgumentParser
import Backend
import Foundation
import Logging
import ServiceLifecycle
import SyntheticUsers
import UnixSignals

/// `ctxtop-backend serve`: listens until SIGTERM or SIGINT, then drains and exits 0.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve agents over WebSocket, HTTP and jobs.")

    @OptionGroup var options: ServeOptions

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ctxtop-backend")
        logger.logLevel = options.logLevel
        var configuration = try options.backendConfiguration()
        let tokens = options.insecureLoopback ? [:] : options.traffic?.freshTokens() ?? [:]
        configuration.users = configuration.users.adding(tokensByName: tokens)
        let server = BackendServer(configuration, logger: logger)
        let host = options.host
        let hasOperators = options.tokenFile != nil || options.insecureLoopback
        let announcement = Task { [logger] in
            guard let port = await server.port() else { return }
            if !hasOperators {
                logger.notice(
                    "operator routes answer 401: start with --token-file FILE or --insecure-loopback")
            }
            print("ctxtop-backend ready at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            fflush(nil)
        }
        var services: [any Service] = [server]
        if let traffic = options.traffic {
            services.append(TrafficService(server: server, traffic: traffic, tokens: tokens))
        }
        do {
            try await ServiceGroup(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            ).run()
        } catch {
            announcement.cancel()
            FileHandle.standardError.write(Data("ctxtop-backend: \(error)\n".utf8))
            throw ExitCode(3)
        }
    }
}
