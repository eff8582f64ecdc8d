import Synchronization
import WireProtocol

/// The last event that a link received: where its next round continues, or what is missing when it cannot.
final class StreamPlace: Sendable {
    /// How a new round continues after a snapshot.
    enum Continuation: Equatable {
        /// After the snapshot's last event: nothing was received before, or nothing is missing.
        case afterSnapshot
        /// After this event of the same boot; the snapshot follows when the stream has caught up with it.
        case resume(after: String)
        /// After the snapshot's last event, and this is missing.
        case missing(StreamGap)
    }

    /// How much later than our last word from it a backend's clock may place a start that came after it.
    private static let tolerance = Duration.seconds(10)
    /// How many boots are remembered as seen: replicas take turns behind one address.
    private static let maximumBoots = 64

    private struct Last {
        var id: String
        var boot: String
        var heardAt: Timestamp
        /// Whether the backend holds the events after it no more.
        var isGone = false
    }

    private struct State {
        var last: Last?
        var boots: [String] = []
    }

    private let state = Mutex(State())

    /// Notes the last event received, or the last one that a snapshot covers.
    func note(_ id: String?, boot: String?, at moment: Timestamp) {
        guard let id, let boot, !id.isEmpty else { return }
        state.withLock { state in
            state.last = Last(id: id, boot: boot, heardAt: moment)
            guard !state.boots.contains(boot) else { return }
            state.boots.append(boot)
            if state.boots.count > Self.maximumBoots { state.boots.removeFirst() }
        }
    }

    /// Notes that the backend holds the events after the last one no more.
    func noteGone() { state.withLock { $0.last?.isGone = true } }

    /// How to continue at a new snapshot.
    func continuation(at snapshot: BackendSnapshot) -> Continuation {
        let (last, boots) = state.withLock { ($0.last, $0.boots) }
        guard let last, let boot = snapshot.bootID, let end = snapshot.lastEventID.flatMap(EventNumber.init)
        else { return .afterSnapshot }
        var gap = StreamGap(
            lost: end.number, after: last.id, next: snapshot.lastEventID, instance: snapshot.instance,
            bootID: boot)
        guard boot == last.boot else {
            // Of another replica nothing was expected; of a backend that started again, everything.
            let isRestart = snapshot.startedAt.map { last.heardAt.since($0) < Self.tolerance } ?? false
            return isRestart && !boots.contains(boot) && end.number > 0 ? .missing(gap) : .afterSnapshot
        }
        guard let start = EventNumber(last.id), start.boot == end.boot, start.number < end.number else {
            return .afterSnapshot
        }
        gap.lost = end.number - start.number
        return last.isGone ? .missing(gap) : .resume(after: last.id)
    }
}

/// An event's id in its parts, `BOOT-NUMBER` (WIRE.md, event ids).
struct EventNumber: Equatable {
    /// Which start of the backend counts.
    let boot: Substring
    /// Its number, from 1.
    let number: Int

    /// Reads an id; nil when it does not end in a number.
    init?(_ id: String) {
        guard let dash = id.lastIndex(of: "-"), let number = Int(id[id.index(after: dash)...]),
            (0...WireNumber.largest).contains(number)
        else { return nil }
        (boot, self.number) = (id[..<dash], number)
    }

    /// Whether the event of id `other` is this one or came before it.
    func covers(_ other: String?) -> Bool {
        guard let other = other.flatMap(EventNumber.init) else { return true }
        return boot == other.boot && number >= other.number
    }
}
