import Synchronization
import WireProtocol

/// What serves the events of a source that something else reads, such as a receiver of telemetry.
extension ContextMonitor {
    /// Appends event lines to the ring and wakes every stream; no record of the monitor changes.
    package func relay(_ lines: [RelayedLine]) {
        guard !lines.isEmpty else { return }
        let moment = now()
        state.withLock { state in
            for line in lines { state.ring.append(line.bytes, of: line.user, at: moment) }
        }
        wake()
    }

    /// The id of the newest event in the ring.
    package var lastEventID: String {
        state.withLock { "\(configuration.bootID)-\($0.ring.nextNumber - 1)" }
    }
}

/// An event line of a relayed source, and the user whose share of the ring it belongs to.
package struct RelayedLine: Sendable {
    /// The event as one JSON line.
    package let bytes: [UInt8]
    /// Nil for what no user caused.
    package let user: UserID?

    package init(_ bytes: [UInt8], of user: UserID? = nil) {
        self.bytes = bytes
        self.user = user
    }
}
