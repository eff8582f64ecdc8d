import WireProtocol

/// Resumes other people's event streams, whose ids may stand for several events.
///
/// LangGraph gives one id to up to three events in a row, so a stream that broke
/// inside such a group would lose its rest when it is resumed after that id. It is
/// resumed after the id before, and of the group what was seen is left out by
/// its content, in order; nothing is ever left out for its id alone.
struct StreamResume {
    /// How many events of one id are remembered.
    private static let maximumGroup = 64

    private var parser = SSEParser()
    private var idBefore: String?
    private var lastID: String?
    /// The events that came with the last id.
    private var group: [ServerSentEvent] = []
    /// Those of them that a resumed stream sends again.
    private var repeated: ArraySlice<ServerSentEvent> = []

    /// What `Last-Event-ID` must say; nil at the start, and when an id cannot stand in a header field.
    var point: String? {
        guard let id = idBefore ?? lastID, !id.isEmpty, id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return id
    }

    /// Begins a new answer.
    mutating func reopen() {
        parser = SSEParser()
        repeated = idBefore == nil ? [] : group[...]
    }

    /// Takes bytes and gives the events that were not seen before.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        parser.feed(bytes).filter { event in
            if let next = repeated.first {
                if next.lastEventID == event.lastEventID, next.data == event.data {
                    repeated.removeFirst()
                    return false
                }
                repeated = []
            }
            if event.lastEventID == lastID {
                if !event.lastEventID.isEmpty, group.count < Self.maximumGroup { group.append(event) }
            } else {
                if let lastID, !lastID.isEmpty { idBefore = lastID }
                lastID = event.lastEventID
                group = [event]
            }
            return true
        }
    }
}
