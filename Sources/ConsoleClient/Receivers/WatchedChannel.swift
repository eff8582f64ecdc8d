import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import WebSocketTransport

extension HTTP1Channel.Configuration {
    /// HTTP/1.1 whose silent peers are closed after those times.
    ///
    /// - Parameter handlers: Further handlers of one connection, after the decoder.
    package static func watched(
        _ times: ConnectionTimes,
        _ handlers: @autoclosure @escaping @Sendable () -> [any RemovableChannelHandler] = []
    ) -> Self {
        Self(
            additionalChannelHandlers: [RequestDeadlines<HTTPRequestPart, HTTPResponsePart>(times)]
                + handlers())
    }
}

extension HTTPRequestPart: StagedPart {
    /// Where in its message it stands.
    package var stage: MessageStage {
        switch self {
        case .head: .head
        case .body: .body
        case .end: .end
        }
    }
}

extension HTTPResponsePart: StagedPart {
    /// Where in its message it stands.
    package var stage: MessageStage {
        switch self {
        case .head: .head
        case .body: .body
        case .end: .end
        }
    }
}
