import NIOPosix
import Synchronization

/// Threads of their own for tools: one that blocks or spins takes none from the sessions.
final class ToolExecutor: TaskExecutor {
    /// The one executor of the process: 16 threads, so that a few that never come back leave room.
    static let shared = ToolExecutor(threads: 16)

    private let pool: NIOThreadPool

    private init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    /// Runs a part of a task on one of the threads.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Work that is waited for only so long, whether or not it listens to its cancellation.
enum LimitedCall {
    /// The result of `work`, or the failure that came first: its time was over, or the caller was cancelled.
    ///
    /// - Parameter cameTooLate: Called when work that was given up has come back after all.
    static func run(
        within limit: Duration, _ work: @escaping @Sendable () async -> Result<ToolOutput, ToolError>,
        cameTooLate: @escaping @Sendable () -> Void
    ) async -> Result<ToolOutput, ToolError> {
        let answer = OneAnswer()
        let working = Task(executorPreference: ToolExecutor.shared) {
            if !answer.give(await work()) { cameTooLate() }
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            if answer.give(.failure(.timedOut(limit))) { working.cancel() }
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await answer.value
        } onCancel: {
            working.cancel()
            answer.give(.failure(.cancelled))
        }
    }
}

/// An answer of which only the first counts.
private final class OneAnswer: Sendable {
    typealias Answer = Result<ToolOutput, ToolError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        case given(Answer)
    }

    private let state = Mutex<State>(.open)

    /// Gives the answer; false when there was one.
    @discardableResult
    func give(_ answer: Answer) -> Bool {
        let (isFirst, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Answer, Never>?) in
            switch state {
            case .given: return (false, nil)
            case .open:
                state = .given(answer)
                return (true, nil)
            case .awaited(let continuation):
                state = .given(answer)
                return (true, continuation)
            }
        }
        waiting?.resume(returning: answer)
        return isFirst
    }

    /// The answer, as soon as there is one; to be asked for once.
    var value: Answer {
        get async {
            await withCheckedContinuation { continuation in
                let given: Answer? = state.withLock { state in
                    if case .given(let answer) = state { return answer }
                    state = .awaited(continuation)
                    return nil
                }
                if let given { continuation.resume(returning: given) }
            }
        }
    }
}
