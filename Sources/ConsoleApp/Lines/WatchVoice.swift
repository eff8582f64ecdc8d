public import ConsoleModel
import PatternDetection
import WireProtocol

/// What `ctxtop watch` prints: NDJSON, one line for each event, finding or change, and for everything that was lost.
public struct WatchVoice: LineVoice {
    /// What is watched.
    public enum Kind: String, Sendable, CaseIterable { case events, findings, changes }

    private enum Subject {
        case events(Filter<EventRow>, next: Int)
        case findings(Filter<FindingRow>, FindingWatch, said: Set<FindingKey>)
        case changes(Filter<StateChange>, ChangeWatch)
    }

    /// One JSON object a line.
    public var form: OutputStreams.Form { .json }

    private var subject: Subject
    private var losses: [BackendKey: LossCount] = [:]

    /// Watches what passes the filter.
    ///
    /// - Throws: ``FilterError`` when the filter does not fit that kind.
    public init(_ kind: Kind, filter: String) throws(FilterError) {
        switch kind {
        case .events: subject = .events(try Filter(filter, columns: EventRow.columns), next: 0)
        case .findings:
            subject = .findings(try Filter(filter, columns: FindingRow.columns), FindingWatch(), said: [])
        case .changes: subject = .changes(try Filter(filter, columns: StateChange.columns), ChangeWatch())
        }
    }

    /// The lines about what is new.
    public mutating func lines(about state: ConsoleState, isSecond: Bool) -> [String] {
        var lines: [String]
        let isEvents: Bool
        switch subject {
        case .events(let filter, let next):
            lines = Self.events(state, from: next, filter)
            subject = .events(filter, next: state.events.endNumber)
            isEvents = true
        case .findings(let filter, var watch, var said):
            lines = Self.findings(watch.changes(in: state), state, filter, &said)
            subject = .findings(filter, watch, said: said)
            isEvents = false
        case .changes(let filter, var watch):
            let changes = watch.changes(in: state) + (isSecond ? watch.sessionChanges(in: state) : [])
            lines = changes.filter(filter.matches).map { Self.line($0.json) }
            subject = .changes(filter, watch)
            isEvents = false
        }
        lines += lost(in: state, isEvents: isEvents)
        return lines
    }

    /// The events that pass, as they came; where some were lost there is a `ctxtop.gap`, which always passes.
    private static func events(_ state: ConsoleState, from next: Int, _ filter: Filter<EventRow>) -> [String]
    {
        var lines: [String] = []
        for number in max(next, state.events.firstNumber)..<state.events.endNumber {
            guard let record = state.events[number] else { continue }
            if !filter.isEmpty, !record.marks.contains(.gap) {
                guard let row = state.eventRow(number), filter.matches(row) else { continue }
            }
            let bytes = state.events.line(number, state.symbols)
            guard state.backends.count > 1 else {
                lines.append(SafeText.json(String(decoding: bytes, as: UTF8.self)))
                continue
            }
            let name = state.backend(record.backend)?.name ?? ""
            lines.append(SafeText.json(marked(bytes, with: name)))
        }
        return lines
    }

    /// The event with the name of its backend in its metadata: of several sources, a line must say which.
    private static func marked(_ bytes: [UInt8], with backend: String) -> String {
        guard var event = try? JSONParser.parse(bytes).object else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var metadata = event["metadata"]?.object ?? JSONObject()
        metadata["backend"] = .string(backend)
        event["metadata"] = .object(metadata)
        return JSONValue.object(event).text
    }

    /// A finding that was said is also said to be cleared, whatever the filter says of it by then.
    private static func findings(
        _ changes: [FindingChange], _ state: ConsoleState, _ filter: Filter<FindingRow>,
        _ said: inout Set<FindingKey>
    ) -> [String] {
        changes.compactMap { change in
            let key = change.row.finding.key
            if change.turn == .cleared {
                guard said.remove(key) != nil else { return nil }
            } else if filter.matches(change.row) {
                said.insert(key)
            } else if !said.contains(key) {
                return nil
            }
            return line(change.json(in: state))
        }
    }

    private mutating func lost(in state: ConsoleState, isEvents: Bool) -> [String] {
        state.backends.compactMap { backend in
            let counters = backend.reception.counters
            let now = LossCount(events: counters.eventsDropped, unreadable: counters.decodeErrors)
            let before = losses.updateValue(now, forKey: backend.key) ?? LossCount()
            // Among events the gap is an event itself.
            let events = isEvents ? 0 : now.events - before.events
            let unreadable = now.unreadable - before.unreadable
            guard events > 0 || unreadable > 0 else { return nil }
            var object: JSONObject = [
                "kind": "drop", "at": .string(state.now.rfc3339), "backend": .string(backend.name),
                "events": .integer(Int64(max(0, events))), "unreadable": .integer(Int64(max(0, unreadable))),
            ]
            if unreadable > 0 { object["reason"] = backend.reception.lastRefusal.map { .string($0) } }
            return Self.line(.object(object))
        }
    }

    private static func line(_ json: JSONValue) -> String { SafeText.json(json.text) }
}

/// What was lost of one backend so far.
private struct LossCount {
    var events = 0
    var unreadable = 0
}
