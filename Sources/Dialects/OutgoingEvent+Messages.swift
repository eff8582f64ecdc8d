import WireProtocol

extension [OutgoingEvent] {
    /// The events as one message; none when there are none.
    var messages: [Message] {
        if isEmpty { return [] }
        var lines: [UInt8] = []
        for event in self {
            event.append(to: &lines)
            lines.append(0x0A)
        }
        return [.events(EventBatch(lines: lines))]
    }
}
