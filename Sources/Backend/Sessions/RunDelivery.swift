import ContextMonitor
import Synchronization
import WireProtocol

/// Where a run's events go: to the operators by the monitor, and to the session's own log.
final class RunDelivery: Sendable {
    private let monitor: ContextMonitor
    private let log: SessionEventLog
    private let faults: ActiveFaults
    /// Whom a misdelivered event reaches.
    private let stranger: Stranger?
    /// The event that waits for the one behind it.
    private let held = Mutex<RunEvent?>(nil)

    init(monitor: ContextMonitor, log: SessionEventLog, faults: ActiveFaults, stranger: Stranger? = nil) {
        self.monitor = monitor
        self.log = log
        self.faults = faults
        self.stranger = stranger
    }

    /// Sends one event, the right way unless a fault wants it otherwise.
    func send(_ type: EventType, _ fields: JSONObject, about metadata: EventMetadata) {
        if faults.misdeliver {
            misdeliver(numbered(type, fields, metadata))
        } else {
            flush()
            log.append(monitor.publish(type, fields, about: metadata))
        }
    }

    /// Sends what was held back and never followed by anything.
    func flush() {
        let waiting = held.withLock { held in
            defer { held = nil }
            return held
        }
        if let waiting { deliver(waiting) }
    }

    private func numbered(_ type: EventType, _ fields: JSONObject, _ metadata: EventMetadata) -> RunEvent {
        var metadata = metadata
        metadata.sequence = monitor.takeSequence(type, about: metadata)
        return RunEvent(type: type, fields: fields, metadata: metadata)
    }

    private func deliver(_ event: RunEvent) {
        log.append(monitor.publish(event.type, event.fields, about: event.metadata))
    }

    private func misdeliver(_ event: RunEvent) {
        switch faults.misdelivery(of: event) {
        case .behindTheNext:
            flush()
            return held.withLock { $0 = event }
        case .none: deliver(event)
        case .drop: break
        case .twice:
            deliver(event)
            deliver(event)
        case .toAnotherUser:
            if let stranger { cross(event, to: stranger) } else { deliver(event) }
        case .times(let count):
            deliver(event)
            for _ in 1..<max(1, count) { deliver(numbered(event.type, event.fields, event.metadata)) }
        }
        flush()
    }

    private func cross(_ event: RunEvent, to stranger: Stranger) {
        var metadata = event.metadata
        metadata.user = stranger.user
        metadata.session = stranger.session
        stranger.log.append(monitor.publish(event.type, event.fields, about: metadata))
    }
}

/// A session that an event does not belong to.
struct Stranger: Sendable {
    let user: UserID
    let session: SessionID
    let log: SessionEventLog
}
