import PatternDetection
import WireProtocol

extension TriageRule {
    /// Events are known to be lost between the backend and this console.
    static let eventsLost = TriageRule(
        id: "events-lost", checks: "Events were lost between the backend and this console.",
        threshold: "1 event that the stream could not deliver", source: "WIRE.md, ctxtop.gap",
        advice: "Read what follows with care: what happened in the gap is not known.", severity: .notice,
        urgency: .notice, rows: "how many, and how many lines could not be read",
        silence: "a replay that began late: what was never asked for is not lost"
    ) { view in
        let counters = view.backend.reception.counters
        guard counters.eventsDropped > 0 else { return [] }
        return [
            Observation(
                .backend(view.backend.name),
                "\(CountText.plural(counters.eventsDropped, "event")) of "
                    + "\(CountText.grouped(counters.eventsReceived.adding(counters.eventsDropped))) lost",
                evidence: [
                    ConsoleState.row("events_dropped", String(counters.eventsDropped), "stream", at: nil),
                    ConsoleState.row("decode_errors", String(counters.decodeErrors), "stream", at: nil),
                ], since: nil)
        ]
    }
}
