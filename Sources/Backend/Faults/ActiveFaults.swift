import PatternDetection
import Synchronization

/// The faults that are on now; the machinery asks at its seams, operators switch at run time.
final class ActiveFaults: Sendable {
    private let settings: Mutex<[FaultSetting]>

    init(_ settings: [FaultSetting] = []) { self.settings = Mutex(settings) }

    /// What is on, in the order it was switched on.
    var all: [FaultSetting] { settings.withLock { $0 } }

    /// Switches a fault on or off; one that is on takes the new value.
    func set(_ setting: FaultSetting, isOn: Bool) {
        settings.withLock { settings in
            settings.removeAll { $0.fault.name == setting.fault.name }
            if isOn { settings.append(setting) }
        }
    }

    /// Whether any fault could misdeliver; the quick question before every event.
    var misdeliver: Bool { settings.withLock { $0.contains { $0.fault.misdelivers != nil } } }

    /// What becomes of an event: the first fault that wants it decides.
    func misdelivery(of event: RunEvent) -> Misdelivery {
        for setting in all {
            let fate = setting.fault.misdelivers?(event, setting.value) ?? .none
            if fate != .none { return fate }
        }
        return .none
    }

    /// Changes what start-up left for a path, as the faults want it.
    func change(_ state: inout PathState, of path: ConsumerPath) {
        for setting in all { setting.fault.changesPath?(&state, path) }
    }

    /// Whether that goes wrong with dispatchers now.
    func has(_ wanted: DispatcherFault) -> Bool { all.contains { $0.fault.dispatchers == wanted } }

    /// What becomes of runs now.
    var runs: RunFault? { all.lazy.compactMap(\.fault.runs).first }

    /// What becomes of the health endpoint's answers now.
    var health: [HealthFault] { all.compactMap(\.fault.health) }
}
