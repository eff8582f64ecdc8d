import WireProtocol

/// One event on its way out of a run.
struct RunEvent: Sendable {
    let type: EventType
    let fields: JSONObject
    /// Whom it is about; its sequence number is set.
    var metadata: EventMetadata

    /// The number within the run, from 0.
    var sequence: Int { metadata.sequence ?? 0 }
}

/// What can become of an event between the agent and those who should get it.
enum Misdelivery: Sendable, Equatable {
    /// It arrives as it should.
    case none
    /// It has its number and never arrives.
    case drop
    /// It arrives two times.
    case twice
    /// It arrives behind the event that follows it.
    case behindTheNext
    /// Another user gets it, and its own user does not.
    case toAnotherUser
    /// It is sent this many times, each with a number of its own.
    case times(Int)
}
