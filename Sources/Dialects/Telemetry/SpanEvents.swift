/// What is read of a span's events: its last exception, and why its model or agent stopped.
struct SpanEvents {
    /// An event's name with the texts among its attributes.
    struct Event {
        let name: String
        let texts: [String: String]
    }

    /// The most events of a span that are examined, from the last.
    static let maximumCount = 128
    /// OpenTelemetry's event of an exception, and its event of a model's answer, which strands also sends of agents.
    private static let (exceptionName, choiceName) = ("exception", "gen_ai.choice")

    /// The last exception.
    private(set) var exception: TelemetryException?
    /// The `finish_reason` of the last answer.
    private(set) var finishReason: String?

    /// Examines the last events; `read` returns nil for one that is not wanted or cannot be read.
    init<Source>(_ events: [Source], reading read: (Source, _ wanted: Set<String>) -> Event?) {
        var wanted: Set<String> = [Self.exceptionName, Self.choiceName]
        for event in events.suffix(Self.maximumCount).reversed() where !wanted.isEmpty {
            guard let event = read(event, wanted) else { continue }
            wanted.remove(event.name)
            if event.name == Self.exceptionName {
                exception = TelemetryException(
                    type: event.texts["exception.type"], message: event.texts["exception.message"])
            } else {
                finishReason = event.texts["finish_reason"].map { String($0.prefix(100)) }
            }
        }
    }
}

extension TelemetrySpan {
    /// Keeps what was read of its events.
    mutating func note(_ events: SpanEvents) {
        (exception, finishReason) = (events.exception, events.finishReason)
    }
}

/// An exception that a span recorded, cut to what fits a line or two.
public struct TelemetryException: Hashable, Sendable {
    /// The most characters that are kept of each text.
    private static let maximumText = 1_000
    /// The class; empty when the span does not say.
    public let type: String
    /// The words; empty when the span does not say.
    public let message: String

    init(type: String?, message: String?) {
        self.type = String((type ?? "").prefix(Self.maximumText))
        self.message = String((message ?? "").prefix(Self.maximumText))
    }
}
