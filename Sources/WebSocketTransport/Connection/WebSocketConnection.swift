import NIOCore

/// One open WebSocket, for use from any task.
///
/// Whoever gets one reads ``messages`` and, at last, calls ``close(code:reason:)``.
public final class WebSocketConnection: Sendable {
    /// What the peer says; for one reader.
    public let messages: WebSocketMessages
    /// The subprotocol both ends agreed on (RFC 6455 1.9), if any.
    public let subprotocol: String?
    /// The channel under it: addresses, event loop and the end of TCP.
    public let channel: any Channel

    private let outbox: Outbox
    private let handler: NIOLoopBoundBox<WebSocketHandler?>
    private let closure: EventLoopFuture<WebSocketClosure>

    /// Puts a WebSocket at the end of a channel's pipeline; the HTTP handshake must be over.
    ///
    /// Must be called on the channel's event loop.
    /// - Throws: What NIO throws when the channel is closed already.
    public init(
        on channel: any Channel, role: WebSocketRole, subprotocol: String?,
        configuration: WebSocketConfiguration
    ) throws {
        let outbox = Outbox(role: role, maximumBytes: configuration.maximumQueuedBytes)
        let reference = NIOLoopBoundBox<WebSocketHandler?>(nil, eventLoop: channel.eventLoop)
        let high = max(1, configuration.maximumUnreadMessages)
        let inbound = WebSocketMessages.Producer.makeSequence(
            elementType: WebSocketMessage.self,
            backPressureStrategy: .init(lowWatermark: high / 4, highWatermark: high),
            finishOnDeinit: true, delegate: WebSocketDemand(handler: reference))
        let closed = channel.eventLoop.makePromise(of: WebSocketClosure.self)
        let handler = WebSocketHandler(
            role: role, configuration: configuration, outbox: outbox,
            callbacks: WebSocketCallbacks(
                onMessage: { inbound.source.yield($0) == .stopProducing ? .pause : .more },
                onClose: { closure in
                    inbound.source.finish()
                    closed.succeed(closure)
                    reference.value = nil
                }))
        reference.value = handler
        messages = WebSocketMessages(producer: inbound.sequence)
        self.subprotocol = subprotocol
        self.channel = channel
        self.outbox = outbox
        self.handler = reference
        closure = closed.futureResult
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            handler.abort()
            throw error
        }
    }

    /// Queues a text and returns at once.
    ///
    /// - Throws: `closed`, or `overflow` when the peer does not read; the connection closes then.
    public func send(_ text: String) throws(WebSocketError) { try send(.text(text)) }

    /// Queues bytes and returns at once; throws as `send(_:)` of a text does.
    public func send(_ bytes: [UInt8]) throws(WebSocketError) { try send(.binary(bytes)) }

    /// Queues a message and returns at once; throws as `send(_:)` of a text does.
    public func send(_ message: WebSocketMessage) throws(WebSocketError) {
        switch outbox.append(message) {
        case .queued: break
        case .wake: wake()
        case .overflow(let queuedBytes):
            wake()
            throw .overflow(queuedBytes: queuedBytes)
        case .sealed: throw .closed
        }
    }

    /// Has the event loop write what waits; once for all the sends before its turn.
    private func wake() {
        channel.eventLoop.execute { [handler] in handler.value?.flushOutbox() }
    }

    /// Starts to close: what was sent before goes out first, and nothing can be sent after.
    ///
    /// Returns at once, may be called often, the first call counts. A reason is
    /// cut to 123 bytes; `noStatus` makes an empty close frame.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") {
        outbox.seal()
        channel.eventLoop.execute { [handler] in handler.value?.close(code: code, reason: reason) }
    }

    /// Ends TCP at once, without a close frame.
    public func abort() {
        outbox.seal()
        channel.eventLoop.execute { [handler] in handler.value?.abort() }
    }

    /// Waits until the connection has ended, and says how; at once when it has.
    ///
    /// Being cancelled does not end the wait: `close` or `abort` does.
    public var closed: WebSocketClosure {
        get async {
            do {
                return try await closure.get()
            } catch {
                // The promise is only ever succeeded; an event loop that is shut down leaks it first.
                return WebSocketClosure(code: .abnormal, reason: "", cause: .vanished)
            }
        }
    }
}
