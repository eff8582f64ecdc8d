public import Hummingbird
public import NIOCore

/// A request context that knows its peer, and behind the gate the operator's name.
public protocol OperatorRequestContext: RemoteAddressRequestContext {
    /// Who acts, for audit lines.
    var operatorName: String { get set }
}

/// A request context that knows its peer, which `insecureLoopback` needs.
public struct MonitorRequestContext: RemoteAddressRequestContext {
    /// What Hummingbird keeps of a request.
    public var coreContext: CoreRequestContextStorage
    /// Who sent it.
    public let remoteAddress: SocketAddress?

    /// Takes the peer from the request's channel.
    public init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
