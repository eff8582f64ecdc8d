/// How long a server waits for the peer of a connection; a connection that is over one of these times is closed.
public struct ConnectionTimes: Sendable, Equatable {
    /// From the connection to the end of its first request's head, a TLS handshake included: 10 s.
    public var head = Duration.seconds(10)
    /// From the end of an answer to the end of the next request's head: 60 s.
    public var keepAlive = Duration.seconds(60)
    /// From one part of a request's body to the next one: 30 s.
    public var bodyPart = Duration.seconds(30)
    /// From a request's head to the end of its body: 5 minutes.
    public var body = Duration.seconds(300)
    /// How long a peer may read nothing of what is sent to it: 60 s.
    public var stall = Duration.seconds(60)

    /// The defaults.
    public init() {}
}
