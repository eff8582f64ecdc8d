public import WireProtocol

/// Something whose messages a console shows: a live link, or a receiver of what others send.
public protocol MessageSource: Sendable {
    /// What it says, in order.
    var messages: AsyncStream<Message> { get }
    /// Works until the task is cancelled.
    func run() async
}
