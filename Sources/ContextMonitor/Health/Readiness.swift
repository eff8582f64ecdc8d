import PatternDetection
import Synchronization
public import WireProtocol

/// A check that ran off the request path: what it said, when, and how long that can be believed.
struct TimedCheck {
    let check: CheckRecord
    let at: Timestamp
    /// How long it is believed; nil for ever.
    let validFor: Duration?

    /// The check as a probe reads it, with its age; one that is too old has failed.
    func shown(now: Timestamp) -> CheckRecord {
        var shown = check
        let age = now.since(at)
        let words = "\(age.components.seconds) s ago"
        shown.observedValue = [check.observedValue, words].compactMap { $0 }.joined(separator: ", ")
        shown.output = check.output.map { "\($0), \(words)" }
        if let validFor, age > validFor {
            shown.status = .fail
            shown.output = "not checked for \(age.components.seconds) s"
        }
        return shown
    }
}

extension ContextMonitor {
    /// Sets the newest result of a health check that the server runs by itself.
    ///
    /// A result that was not renewed for `validFor` counts as failed.
    public func setCheck(_ check: CheckRecord, validFor: Duration? = nil) {
        let moment = now()
        state.withLock { $0.checks[check.name] = TimedCheck(check: check, at: moment, validFor: validFor) }
    }

    /// Sets the newest result of something that must work before work may be sent here; `/readyz` shows it.
    ///
    /// The server runs its checks when it wants to, with timeouts of its own; a
    /// result that was not renewed for `validFor` counts as failed.
    public func setReadiness(_ check: CheckRecord, validFor: Duration) {
        let moment = now()
        state.withLock {
            $0.readinessChecks[check.name] = TimedCheck(check: check, at: moment, validFor: validFor)
        }
    }

    /// What `/readyz` answers with, worst news and all.
    public func readiness() -> [CheckRecord] {
        let moment = now()
        return state.withLock { $0.readiness(now: moment) }
    }
}

extension MonitorState {
    /// Whether work may be sent here, and why not.
    func readiness(now: Timestamp) -> [CheckRecord] {
        var startupCheck = CheckRecord(name: "startup", status: startup.phase == "complete" ? .pass : .fail)
        startupCheck.output = startup.error ?? startup.phase
        let draining = CheckRecord(name: "draining", status: isDraining ? .fail : .pass)
        let patterns = pathRecords.map { patternCheck($0, now: now) }.map { check in
            var check = check
            if check.status != .fail { check.status = .pass }
            check.observedValue = nil
            return check
        }
        let timed = readinessChecks.values.map { $0.shown(now: now) }.sorted { $0.name < $1.name }
        return [startupCheck, draining] + patterns + timed
    }
}
