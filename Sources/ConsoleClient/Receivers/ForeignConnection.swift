import NIOCore
import NIOHTTP1

/// A connection to a receiver that does not speak what its port is for.
struct ForeignConnection: Hashable, Sendable {
    /// What is spoken instead.
    enum Kind: Hashable, Sendable {
        case tls, http1, http2, unknown

        /// Reads the first bytes: a TLS handshake record (RFC 8446 section 5.1), HTTP/2's preface (RFC 9113
        /// section 3.4), or a method and a path (RFC 9112 section 3).
        init(opening bytes: [UInt8]) {
            if bytes.starts(with: [0x16, 0x03]) {
                self = .tls
            } else if bytes.starts(with: "PRI * HTTP/2".utf8) {
                self = .http2
            } else if Self.methods.contains(where: { bytes.starts(with: "\($0) /".utf8) }) {
                self = .http1
            } else {
                self = .unknown
            }
        }

        private static let methods = ["POST", "GET", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH"]
    }

    let kind: Kind
    let peers: Peers

    /// Where it was made to, such as `TLS to port 4318`.
    var address: String {
        let spoken: String =
            switch kind {
            case .tls: "TLS"
            case .http1: "HTTP/1.1"
            case .http2: "HTTP/2"
            case .unknown: "bytes"
            }
        return "\(spoken) to port \(peers.port)" + peers.origin
    }
}

/// The two ends of a connection to a receiver.
struct Peers: Hashable, Sendable {
    /// Where the sender reached us, as it would write it: `http://127.0.0.1:4318`.
    let endpoint: String
    /// Our port.
    let port: Int
    /// The sender's host.
    let host: String
    /// Our address, without the port.
    let localHost: String

    /// Reads the ends of a channel.
    init(local: SocketAddress?, remote: SocketAddress?) {
        port = local?.port ?? 0
        localHost = local?.ipAddress ?? "127.0.0.1"
        endpoint = "http://\(ListenAddress(host: localHost, port: port))"
        host = remote?.ipAddress ?? ""
    }

    /// ` from HOST` for a sender on another machine.
    var origin: String { host.isEmpty || host == "::1" || host.hasPrefix("127.") ? "" : " from \(host)" }
}

/// Reports a connection that the HTTP decoder refuses: the decoder's own 400 is seen by the sender only.
final class ForeignConnectionReport: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let report: @Sendable (ForeignConnection) -> Void

    /// A handler for one connection, to be added after the decoder.
    init(_ report: @escaping @Sendable (ForeignConnection) -> Void) { self.report = report }

    func handlerAdded(context: ChannelHandlerContext) {
        try? context.pipeline.syncOperations.addHandler(OpeningBytes(), position: .first)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One that breaks off within a request spoke HTTP.
        if let error = error as? HTTPParserError, error != .invalidEOFState {
            let opening = try? context.pipeline.syncOperations.handler(type: OpeningBytes.self)
            report(
                ForeignConnection(
                    kind: .init(opening: opening?.bytes ?? []),
                    peers: Peers(local: context.localAddress, remote: context.remoteAddress)))
        }
        context.fireErrorCaught(error)
    }
}

/// Keeps the first bytes of a connection and passes everything on.
private final class OpeningBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// As many as tell one protocol from another.
    private static let limit = 16

    private(set) var bytes: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if bytes.count < Self.limit {
            bytes += unwrapInboundIn(data).readableBytesView.prefix(Self.limit - bytes.count)
        }
        context.fireChannelRead(data)
    }
}
