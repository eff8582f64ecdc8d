import ContextMonitor
import PatternDetection
import Synchronization

/// What start-up left for every path; changed only by migrating a path and by faults, and always told to the monitor.
final class ApplicationStates: Sendable {
    private let states: Mutex<[ConsumerPath: PathState]>
    private let monitor: ContextMonitor
    private let faults: ActiveFaults

    init(_ states: [ConsumerPath: PathState], monitor: ContextMonitor, faults: ActiveFaults = .init()) {
        self.states = Mutex(states)
        self.monitor = monitor
        self.faults = faults
        tell(states.keys)
    }

    /// What a path's initialiser finds now.
    func state(of path: ConsumerPath) -> PathState {
        var state =
            states.withLock { $0[path] } ?? PathState(toolClasses: .absent, toolDispatcher: .absent)
        faults.change(&state, of: path)
        return state
    }

    /// Replaces the initialisers of some paths and what start-up left for them, all at once.
    func replace(_ changed: [ConsumerPath: PathState]) {
        states.withLock { $0.merge(changed) { $1 } }
        tell(changed.keys)
    }

    /// Tells the monitor what can be seen now that other faults are on.
    func faultsChanged() { tell(states.withLock { Array($0.keys) }) }

    private func tell(_ paths: some Collection<ConsumerPath>) {
        for path in paths.sorted() { monitor.observe(state(of: path).evidence(of: path), on: path) }
    }
}
