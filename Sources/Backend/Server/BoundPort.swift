import Synchronization

/// The port that a server got, for everyone who waits for it.
final class BoundPort: Sendable {
    private enum State {
        case unknown(waiting: [CheckedContinuation<Int?, Never>])
        case known(Int?)
    }

    private let state = Mutex<State>(.unknown(waiting: []))

    /// Tells everyone; nil when there never will be one. Only the first call counts.
    func set(_ port: Int?) {
        let waiting = state.withLock { state in
            guard case .unknown(let waiting) = state else { return [CheckedContinuation<Int?, Never>]() }
            state = .known(port)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
    }

    /// Whether everyone has been told.
    var isKnown: Bool {
        state.withLock { state in
            if case .known = state { true } else { false }
        }
    }

    /// The port, as soon as it is known.
    var value: Int? {
        get async {
            await withCheckedContinuation { continuation in
                let known: Int?? = state.withLock { state in
                    switch state {
                    case .known(let port): return .some(port)
                    case .unknown(let waiting):
                        state = .unknown(waiting: waiting + [continuation])
                        return nil
                    }
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }
}
