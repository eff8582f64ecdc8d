import NIOCore
import NIOHTTP2
import NIOPosix
import Synchronization

/// A port for OTLP over gRPC: HTTP/2 in the clear, with bounds on connections, streams and waiting bytes.
///
/// Unary calls need a frame of five bytes and two trailers more than HTTP/2, which this package has already for
/// asking gRPC health. grpc-swift-2 2.4.3 with grpc-swift-nio-transport 2.9.2 and grpc-swift-protobuf 2.4.1 took
/// 333 s to build alone on two busy cores, 127 s of them for what this package has not; all of ConsoleClient with
/// this handler took 10 s.
struct GRPCServer: Sendable {
    /// How many connections are served; an SDK has one for each signal, a Collector one.
    private static let maximumConnections = 256
    /// How many calls one connection may have open: a Collector's queue sends 10 at the same time.
    private static let maximumStreams = 32
    /// How many bytes of unfinished calls are kept for one connection: two of the largest bodies.
    private static let connectionBytes = 2 * TelemetryDelivery.maximumBytes
    /// How many bytes of unfinished calls are kept in all.
    private static let totalBytes = 4 * TelemetryDelivery.maximumBytes
    /// PING and SETTINGS frames of one connection in 30 s; clients of gRPC ping to measure their bandwidth.
    private static let maximumControlFrames = 1000

    let service: TelemetryGRPC

    /// Serves until the task is cancelled; calls `isListening` when it does.
    func run(at address: ListenAddress, _ isListening: @Sendable (any Channel) -> Void) async throws {
        let connections = OpenConnections(limit: Self.maximumConnections)
        let total = ByteBudget(Self.totalBytes)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
                    try configure(channel, ByteBudget(Self.connectionBytes, within: total))
                }
            }
            .bind(host: address.host, port: address.port).get()
        try await withTaskCancellationHandler {
            isListening(listener)
            try await listener.closeFuture.get()
        } onCancel: {
            listener.close(promise: nil)
            connections.closeAll()
        }
    }

    private func configure(_ channel: any Channel, _ budget: ByteBudget) throws {
        let opening = GRPCOpening(
            speakHTTP2: { context in try speakHTTP2(context, budget) },
            report: { service.refuse($0) })
        try channel.pipeline.syncOperations.addHandler(opening)
    }

    private func speakHTTP2(_ context: ChannelHandlerContext, _ budget: ByteBudget) throws {
        let peers = Peers(local: context.localAddress, remote: context.remoteAddress)
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.maximumStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 16 << 10),
        ]
        connection.controlFrameRateLimit.maximumCount = Self.maximumControlFrames
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: context.eventLoop,
            // A sender that vanished keeps no place: it is asked every 5 min whether it is there.
            configuration: .init(
                maxIdleTime: nil, maxAge: nil, maxGraceTime: nil,
                keepalive: .init(pingInterval: .minutes(5), ackTimeout: .seconds(20))))
        _ = try context.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: .init(),
            streamDelegate: management.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let handlers: [any ChannelHandler] = [
                    HTTP2FramePayloadToHTTP1ServerCodec(), GRPCStream(service, peers, budget),
                ]
                try stream.pipeline.syncOperations.addHandlers(handlers)
            }
        }
        try context.pipeline.syncOperations.addHandlers(management, BrokenConnection(service))
    }
}

/// Closes a connection after its first error, and reports one that breaks the rules of HTTP/2.
private final class BrokenConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let service: TelemetryGRPC
    private var isReported = false

    init(_ service: TelemetryGRPC) { self.service = service }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is any NIOHTTP2Error, !isReported {
            isReported = true
            let peers = Peers(local: context.localAddress, remote: context.remoteAddress)
            _ = service.refuse(ForeignConnection(kind: .http2, peers: peers))
        }
        context.close(promise: nil)
    }
}

/// The connections of a server, up to a limit.
private final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Keeps a connection until it is closed; false when there are too many, or none are wanted any more.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isKept = state.withLock { state in
            guard !state.isClosed, state.channels.count < limit else { return false }
            state.channels[id] = channel
            return true
        }
        if isKept {
            channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[id] = nil } }
        }
        return isKept
    }

    /// Closes all, and those that come later.
    func closeAll() {
        let open = state.withLock { state in
            state.isClosed = true
            return state.channels.values.map(\.self)
        }
        for channel in open { channel.close(promise: nil) }
    }
}
