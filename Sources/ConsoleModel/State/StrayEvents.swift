import WireProtocol

/// Events that may have been delivered in the name of the wrong user, until the run they may belong to continues.
struct StrayEvents: Hashable, Sendable {
    /// The sequence number of the first of them, the one that the other run had yet to send.
    let first: Int
    /// The sequence number of the last of them; those between are in it.
    var last: Int
    /// When the first was sent.
    let at: Timestamp
    /// The first one's number in the log.
    let event: Int

    /// How many there are.
    var count: Int { last - first + 1 }
}
