import ConsoleModel
import ContextMonitor
import PatternDetection
import Synchronization
import WireProtocol

/// What a receiver has read, kept for operators who attach: a store for snapshots, and a ring of events.
final class RelayedSource: Sendable {
    /// The events that the store itself keeps: rules look at the newest ones only, and the ring has the lines.
    private static let keptEvents = EventLog.Limits(maximumEvents: 10_000, maximumBytes: 4 << 20)
    private static let key = BackendKey(0)

    /// Serves the event stream; its own records stay empty.
    let monitor: ContextMonitor
    private let url: String
    private let redaction: Redaction
    private let kept: Mutex<Kept>

    private struct Kept {
        var store: Store
        var relay = RelayRecord(dialect: "", coverage: .unread)
        var health = HealthRecord()
    }

    /// A source that has sent nothing yet; `url` is its name.
    init(url: String, version: String, redaction: Redaction) {
        self.url = url
        self.redaction = redaction
        let bootID = String(UUIDv7.text(at: SystemClock.now()).suffix(12))
        monitor = ContextMonitor(
            MonitorConfiguration(name: url, version: version, instance: "ctxtop", bootID: bootID),
            now: SystemClock.now)
        var store = Store(
            ConsoleState(now: SystemClock.now(), redaction: redaction, eventLimits: Self.keptEvents))
        _ = store.send(.addBackend(Self.key, url: url))
        kept = Mutex(Kept(store: store))
    }

    /// Applies a message of the source, and passes on what an attached console must learn of it.
    func take(_ message: Message, at moment: Timestamp) {
        let message = redaction.message(message)
        kept.withLock { kept in
            switch message {
            case .dialect(let name, let coverage): kept.relay = RelayRecord(dialect: name, coverage: coverage)
            case .health(let record, _): kept.health = record
            case .events, .link, .read, .boot, .refused, .snapshot: break
            }
            let lines = lines(of: message, at: moment)
            // A link that is down is shown as an address that cannot be read: the relay itself answers.
            if case .link(let state, let reason, _) = message {
                let outcome = outcome(of: state, reason)
                _ = kept.store.send(
                    .received(Self.key, .link(.connected, reason: nil, retryIn: nil), at: moment))
                if let outcome { _ = kept.store.send(.received(Self.key, .read(outcome), at: moment)) }
            } else {
                _ = kept.store.send(.received(Self.key, message, at: moment))
            }
            // In the same lock, so that a snapshot is complete up to its last event.
            monitor.relay(lines)
        }
    }

    /// The state as the snapshot route serves it.
    func snapshot(at moment: Timestamp) -> BackendSnapshot {
        kept.withLock { kept in
            _ = kept.store.send(.tick(moment))
            var snapshot = kept.store.state.relayedSnapshot(of: Self.key) ?? BackendSnapshot()
            let configuration = monitor.configuration
            snapshot.name = url
            snapshot.version = configuration.version
            snapshot.instance = configuration.instance
            snapshot.bootID = configuration.bootID
            snapshot.startedAt = kept.store.state.startedAt
            snapshot.startup.phase = "complete"
            snapshot.lastEventID = monitor.lastEventID
            return snapshot
        }
    }

    /// The health document, with `relays` for what the source can show.
    func health(at moment: Timestamp) -> JSONValue {
        let (record, relay) = kept.withLock { ($0.health, $0.relay) }
        var health = record
        health.at = record.at ?? moment
        health.reason = record.reason ?? relay.coverage.missing[.health]
        let document = HealthDocument.json(
            health, times: [:], monitor.configuration, root: ContextMonitor.root)
        guard var object = document.object else { return document }
        object["relays"] = relay.json
        return .object(object)
    }

    private func outcome(of link: LinkState, _ reason: String?) -> ReadOutcome? {
        switch link {
        case .connected: ReadOutcome(.events, url, failure: nil)
        case .lost, .stale, .ended: ReadOutcome(.events, url, failure: reason ?? link.rawValue)
        case .connecting: nil
        }
    }

    /// The event lines that tell attached consoles of a message.
    private func lines(of message: Message, at moment: Timestamp) -> [RelayedLine] {
        switch message {
        case .events(let batch):
            var lines = batch.events.map { event in
                RelayedLine(
                    line(Array(batch.bytes[event.line.range]), event, arrival: moment),
                    of: event.user.isEmpty
                        ? nil : UserID(rawValue: String(batch.string(event.user).prefix(200))))
            }
            if let refused = batch.refused.last {
                let report = RefusalReport(
                    what: "event", reason: redaction.text(refused.reason), count: batch.refused.count)
                lines.append(RelayedLine(OutgoingEvent(report, at: moment).line))
            }
            return lines
        case .refused(let what, let reason):
            return [RelayedLine(OutgoingEvent(RefusalReport(what: what, reason: reason), at: moment).line)]
        case .read(let outcome): return [RelayedLine(OutgoingEvent(outcome, at: moment).line)]
        case .link(let state, let reason, _):
            return outcome(of: state, reason).map { [RelayedLine(OutgoingEvent($0, at: moment).line)] } ?? []
        case .health, .snapshot, .dialect, .boot: return []
        }
    }

    /// One event as operators get it: redacted as on screen, and with its arrival where it has no time.
    private func line(_ bytes: [UInt8], _ event: ScannedEvent, arrival: Timestamp) -> [UInt8] {
        guard event.timestamp == nil || redaction == .all,
            var object = (try? JSONParser.parse(bytes))?.object
        else { return redaction.line(bytes) }
        if event.timestamp == nil {
            object["timestamp"] = .integer(arrival.milliseconds)
            var metadata = object["metadata"]?.object ?? JSONObject()
            metadata["stamped"] = true
            object["metadata"] = .object(metadata)
        }
        // Emptied and counted, not marked: equal marks would look like equal arguments.
        if redaction == .all {
            return JSONValue.object(redaction.object(object.eventWithoutPayload)).serialized
        }
        return redaction.line(JSONValue.object(object).serialized)
    }
}

extension Coverage {
    /// Nothing is claimed of a source that has not said what it shows.
    fileprivate static let unread = Coverage(
        missing: Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, "nothing was read yet") }))
}
