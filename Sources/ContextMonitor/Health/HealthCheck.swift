import Dispatch
import Synchronization
public import WireProtocol

/// A check of the server's own that the monitor runs again and again, never on the path of a request.
public struct HealthCheck: Sendable {
    /// The check's name in `/health`.
    public let name: String
    /// How long it rests between two runs: 10 s.
    public var interval = Duration.seconds(10)
    /// How long a run may take before the check counts as failed: 5 s.
    public var timeout = Duration.seconds(5)
    let run: @Sendable () async -> CheckRecord

    /// A check; `run` may take any time, block its thread and ignore its cancellation.
    public init(_ name: String, run: @escaping @Sendable () async -> CheckRecord) {
        self.name = name
        self.run = run
    }
}

/// What is known of a check that the monitor runs.
struct WatchedCheck {
    let timeout: Duration
    let validFor: Duration
    var last: TimedCheck?
    /// When the run that goes on began.
    var runningSince: Timestamp?

    /// The check as a health document has it: its last result with its age, unless a run hangs.
    func shown(_ name: String, now: Timestamp) -> CheckRecord {
        if let runningSince, now.since(runningSince) > timeout {
            var check = CheckRecord(name: name, status: .fail)
            check.output = "no answer for \(now.since(runningSince).components.seconds) s"
            return check
        }
        if let last { return last.shown(now: now) }
        var check = CheckRecord(name: name)
        check.output = "not checked yet"
        return check
    }
}

extension ContextMonitor {
    /// Runs checks until the task is cancelled; one that hangs is not started again before it has come back.
    public func watch(_ checks: [HealthCheck]) async {
        await withTaskGroup(of: Void.self) { group in
            for check in checks {
                state.withLock {
                    $0.watchedChecks[check.name] = WatchedCheck(
                        timeout: check.timeout, validFor: check.interval * 3 + check.timeout)
                }
                group.addTask {
                    while !Task.isCancelled {
                        await self.runOnce(check)
                        try? await Task.sleep(for: check.interval)
                    }
                }
            }
        }
    }

    /// Waits for one run; a cancelled task does not wait, and a run that blocks has a thread of its own.
    private func runOnce(_ check: HealthCheck) async {
        let (ends, end) = AsyncStream<Void>.makeStream()
        let began = now()
        state.withLock { $0.watchedChecks[check.name]?.runningSince = began }
        let work = Task(executorPreference: CheckExecutor.shared) {
            var result = await check.run()
            result.name = check.name
            let moment = self.now()
            self.state.withLock { state in
                guard var watched = state.watchedChecks[check.name] else { return }
                watched.runningSince = nil
                watched.last = TimedCheck(check: result, at: moment, validFor: watched.validFor)
                state.watchedChecks[check.name] = watched
            }
            end.finish()
        }
        for await _ in ends {}
        if Task.isCancelled { work.cancel() }
    }
}

/// Threads for checks, so that one which blocks takes none from those who answer requests.
private final class CheckExecutor: TaskExecutor {
    static let shared = CheckExecutor()
    private let queue = DispatchQueue(label: "ctxtop.checks", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
