import ConsoleModel
import WireProtocol

/// The time of a file, which passes with its events: what is read of it arrives at its newest event.
struct FileClock {
    private var newest: Timestamp?

    /// When a message of the file arrives; `wall` while no event has told a time, and when the file was lost.
    mutating func moment(of message: Message, _ wall: Timestamp) -> Timestamp {
        switch message {
        case .events(let batch):
            if let last = batch.events.lazy.compactMap(\.timestamp).max() {
                newest = max(newest ?? last, last)
            }
            return newest ?? wall
        case .link(.lost, _, _): return wall
        case .link, .health, .snapshot, .dialect, .read, .boot, .refused: return newest ?? wall
        }
    }
}

/// The times of the files among the targets; what comes from the other targets arrives now.
struct FileClocks {
    private var clocks: [BackendKey: FileClock] = [:]

    /// When a message arrives; a backend's key is its place among the targets.
    mutating func moment(
        of message: Message, from key: BackendKey, among targets: [ConsoleTarget], _ wall: Timestamp
    ) -> Timestamp {
        guard targets.indices.contains(key.rawValue), case .file = targets[key.rawValue] else { return wall }
        return clocks[key, default: FileClock()].moment(of: message, wall)
    }
}
