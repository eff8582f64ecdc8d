import ContextMonitor
import PatternDetection
import Synchronization

/// What start-up left for every path; changed only by migrating a path, and always told to the monitor.
final class ApplicationStates: Sendable {
    private let states: Mutex<[ConsumerPath: PathState]>
    private let monitor: ContextMonitor

    init(_ states: [ConsumerPath: PathState], monitor: ContextMonitor) {
        self.states = Mutex(states)
        self.monitor = monitor
        for (path, state) in states { monitor.observe(state.evidence(of: path), on: path) }
    }

    func state(of path: ConsumerPath) -> PathState {
        states.withLock { $0[path] } ?? PathState(toolClasses: .absent, toolDispatcher: .absent)
    }

    /// Replaces one path's initialiser and what start-up left for it.
    func replace(_ path: ConsumerPath, with state: PathState) {
        states.withLock { $0[path] = state }
        monitor.observe(state.evidence(of: path), on: path)
    }
}
