import Synchronization
import WireProtocol

/// What serves the events of a source that something else reads, such as a receiver of telemetry.
extension ContextMonitor {
    /// Appends event lines to the ring and wakes every stream; no record of the monitor changes.
    package func relay(_ lines: [[UInt8]]) {
        guard !lines.isEmpty else { return }
        let moment = now()
        state.withLock { state in
            for line in lines { state.ring.append(line, at: moment) }
        }
        wake()
    }

    /// The id of the newest event in the ring.
    package var lastEventID: String {
        state.withLock { "\(configuration.bootID)-\($0.ring.nextNumber - 1)" }
    }
}
