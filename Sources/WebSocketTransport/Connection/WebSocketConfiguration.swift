/// The limits and times of one connection.
public struct WebSocketConfiguration: Sendable, Equatable {
    /// The largest message that is accepted, in bytes over all its fragments.
    public var maximumMessageBytes: Int
    /// How many bytes may wait for a peer that does not read, frame headers included.
    ///
    /// One message larger than this may still be sent when nothing else waits.
    public var maximumQueuedBytes: Int
    /// How many received messages may wait for their reader before the socket is not read any more.
    public var maximumUnreadMessages: Int
    /// How long the closing handshake, or the server's end of TCP after it, may take.
    public var closeTimeout: Duration
    /// How often a ping is sent; `nil` for never. Two silent intervals end the connection.
    public var keepAliveInterval: Duration?
    /// How long a client waits for TCP and then for the answer to its handshake.
    public var handshakeTimeout: Duration

    /// Whether the connection closes with 1001 as soon as its server drains.
    ///
    /// When false the owner ends its work first and closes by itself, with
    /// `OpenWebSockets.closeAll` for example; the server waits for that.
    public var closesWhenServerDrains: Bool

    /// Defaults: 1 MiB messages, 1 MiB queue, 16 unread, 5 s to close, 20 s keepalive, 10 s handshake.
    public init(
        maximumMessageBytes: Int = 1 << 20, maximumQueuedBytes: Int = 1 << 20,
        maximumUnreadMessages: Int = 16, closeTimeout: Duration = .seconds(5),
        keepAliveInterval: Duration? = .seconds(20), handshakeTimeout: Duration = .seconds(10),
        closesWhenServerDrains: Bool = true
    ) {
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumQueuedBytes = maximumQueuedBytes
        self.maximumUnreadMessages = maximumUnreadMessages
        self.closeTimeout = closeTimeout
        self.keepAliveInterval = keepAliveInterval
        self.handshakeTimeout = handshakeTimeout
        self.closesWhenServerDrains = closesWhenServerDrains
    }
}
