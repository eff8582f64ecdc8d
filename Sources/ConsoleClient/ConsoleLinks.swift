import AsyncHTTPClient
public import Dialects

/// Every live link of a console, over one HTTP client.
public final class ConsoleLinks: Sendable {
    private let client: HTTPClient
    private let options: ClientOptions

    /// - Throws: when the file of certificate authorities cannot be used.
    public init(_ options: ClientOptions) throws {
        client = try HTTPReader.client(options)
        self.options = options
    }

    /// A link that begins when its `run()` is called.
    public func connection(to target: BackendTarget, dialect: Dialect? = nil) -> BackendConnection {
        BackendConnection(target: target, options: options, dialect: dialect, client: client)
    }

    /// Something that others send to; it listens when its `run()` is called.
    public func source(_ receiver: Receiver) -> any MessageSource {
        switch receiver {
        case .telemetry(let address, let grpc, let isSpare):
            TelemetryReceiver(address, grpc: grpc, isSpare: isSpare)
        case .proxy(let address, let upstream, let userHeader):
            AgentProxy(address, upstream: upstream, userHeader: userHeader, client: client)
        }
    }

    /// The same with waits that are not random: `jitter` gives a number from 0 to 1 for each.
    func connection(to target: BackendTarget, jitter: @escaping @Sendable () -> Double) -> BackendConnection {
        BackendConnection(target: target, options: options, dialect: nil, client: client, jitter: jitter)
    }

    /// Closes what is open; call it once, at the end.
    public func shutDown() async { try? await client.shutdown() }
}
