import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WireProtocol

/// The event stream of a link: joined with a snapshot, resumed where it broke, and what is missing counted.
extension BackendConnection {
    /// Where a round's stream begins.
    struct StreamStart {
        /// The resume point.
        let after: String?
        /// The snapshot, while it is ahead of the stream: it is sent when the stream has caught up, so that no
        /// event counts twice.
        var ahead: BackendSnapshot?
    }

    /// Begins a round at its first snapshot: sends it, unless the stream must catch up with it first.
    func start(at snapshot: BackendSnapshot) -> StreamStart {
        switch place.continuation(at: snapshot) {
        case .resume(let id): return StreamStart(after: id, ahead: snapshot)
        case .afterSnapshot: break
        case .missing(let gap):
            send(.events(EventBatch(lines: OutgoingEvent(gap, at: SystemClock.now()).line)))
        }
        place.note(snapshot.lastEventID, boot: snapshot.bootID, at: SystemClock.now())
        send(.snapshot(snapshot))
        return StreamStart(after: snapshot.lastEventID)
    }

    /// Follows the event stream, resumed where it broke; ends when all must be taken anew.
    func follow(_ root: String, from snapshot: BackendSnapshot, _ start: StreamStart) async -> Ending {
        var (stream, start) = (EventStreamState(after: start.after, bootID: snapshot.bootID), start)
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await readStream(root, &stream, from: snapshot, &start, onEvents: { backoff.reset() })
            } catch let ending as StreamEnding {
                if case .resumePointGone = ending { place.noteGone() }
                if let boot = ending.boot(greeter: stream.greeter) { send(boot) }
                return .outdated(ending.description)
            } catch {
                if Task.isCancelled { break }
                let wait = backoff.next(jitter())
                let failure = ReadError(error, options.timeout)
                // A stream that breaks off is resumed; one that is refused cannot be read.
                if case .other = failure { send(reader.outcome(ofEventsOf: root, failure)) }
                send(.link(.stale, reason: "event stream: \(failure)", retryIn: wait))
                try? await Task.sleep(for: wait)
            }
        }
        return .lost("cancelled")
    }

    private func readStream(
        _ root: String, _ stream: inout EventStreamState, from snapshot: BackendSnapshot,
        _ start: inout StreamStart, onEvents: () -> Void
    ) async throws {
        stream.reopen()
        let response = try await reader.openEvents(root, after: stream.resumePoint)
        send(reader.outcome(ofEventsOf: root, nil))
        send(.link(.connected, reason: nil, retryIn: nil))
        for try await buffer in response.body {
            let batch = try stream.take(buffer.readableBytesView)
            if stream.takeRefused() > 0 {
                send(.refused(what: "event", reason: "an event longer than 1 MiB"))
            }
            guard let batch else { continue }
            onEvents()
            send(.events(batch))
            place.note(stream.lastID, boot: snapshot.bootID, at: SystemClock.now())
            if let ahead = start.ahead,
                stream.lastID.flatMap(EventNumber.init)?.covers(ahead.lastEventID) ?? true
            {
                send(.snapshot(ahead))
                start.ahead = nil
            }
            // What was missed is in no event any more, only in a snapshot.
            if batch.hasGap {
                start.ahead = nil
                if await takeSnapshot(root, from: snapshot) != nil { throw StreamEnding.anotherBoot }
            }
        }
        throw ReadError.closed
    }
}

extension EventBatch {
    /// Whether the stream says here that it could not deliver some events.
    fileprivate var hasGap: Bool {
        events.contains { customName($0) == .gap }
    }
}
