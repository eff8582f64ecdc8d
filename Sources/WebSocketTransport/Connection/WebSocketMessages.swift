import NIOCore

/// The messages of one connection, in order; ends when the connection does.
///
/// For one reader, once. While the reader is slow the socket is not read, so
/// that pings and the peer's close frame wait too: whoever keeps a connection
/// reads it. A reader that leaves its loop drops the messages that follow.
public struct WebSocketMessages: AsyncSequence, Sendable {
    /// One message each.
    public typealias Element = WebSocketMessage
    /// Never throws; `WebSocketConnection.closed` says how it ended.
    public typealias Failure = Never

    typealias Strategy = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark
    typealias Producer = NIOAsyncSequenceProducer<WebSocketMessage, Strategy, WebSocketDemand>

    let producer: Producer

    /// The only reader; a second one is a mistake of the caller and traps in NIO.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: producer.makeAsyncIterator())
    }

    /// Gives one message after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let base: Producer.AsyncIterator

        /// The next message; `nil` after the last one and when the task is cancelled.
        public mutating func next() async -> WebSocketMessage? { await base.next() }
    }
}

/// Carries the reader's demand to the event loop.
struct WebSocketDemand: NIOAsyncSequenceProducerDelegate {
    let handler: NIOLoopBoundBox<WebSocketHandler?>

    /// The reader has caught up.
    func produceMore() { resume() }

    /// The reader is gone: what follows is dropped, close frames and pings are still seen.
    func didTerminate() { resume() }

    /// Called on the reader's task, or on the event loop.
    private func resume() {
        handler.eventLoop.execute { handler.value?.resume() }
    }
}
