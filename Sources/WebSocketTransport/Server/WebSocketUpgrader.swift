import NIOCore
import NIOHTTP1

/// An upgrade the gate let through.
struct AcceptedUpgrade: Sendable {
    var head: HTTPRequestHead
    var route: WebSocketRoute
    var acceptKey: String
    var subprotocol: String?
}

/// Carries out what the gate decided, for NIO's upgrade handler.
struct WebSocketUpgrader<HTTP: Sendable>: NIOTypedHTTPServerProtocolUpgrader {
    typealias UpgradeResult = WebSocketServerUpgrade.Outcome<HTTP>

    let accepted: NIOLoopBoundBox<AcceptedUpgrade?>

    var supportedProtocol: String { "websocket" }

    /// None: NIO would also want each of them in `Connection`, where only `Upgrade` stands.
    var requiredUpgradeHeaders: [String] { [] }

    /// The headers of the 101 (RFC 6455 4.2.2); fails only if the gate was left out.
    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        channel.eventLoop.makeCompletedFuture {
            guard let upgrade = accepted.value else { throw ChannelError.inappropriateOperationForState }
            var headers = initialResponseHeaders
            headers.replaceOrAdd(name: "sec-websocket-accept", value: upgrade.acceptKey)
            if let subprotocol = upgrade.subprotocol {
                headers.replaceOrAdd(name: "sec-websocket-protocol", value: subprotocol)
            }
            return headers
        }
    }

    /// Puts the WebSocket where HTTP was; bytes behind the handshake follow it.
    func upgrade(
        channel: any Channel, upgradeRequest: HTTPRequestHead
    ) -> EventLoopFuture<UpgradeResult> {
        channel.eventLoop.makeCompletedFuture {
            guard let upgrade = accepted.value else { throw ChannelError.inappropriateOperationForState }
            accepted.value = nil
            let connection = try WebSocketConnection(
                on: channel, role: .server, subprotocol: upgrade.subprotocol,
                configuration: upgrade.route.configuration)
            return .webSocket(connection, upgrade.head, upgrade.route)
        }
    }
}
