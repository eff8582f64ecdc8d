import PatternDetection
import WireProtocol

@testable import Backend

extension SessionHub {
    /// Starts a run that does nothing but answer a prompt.
    func start(
        _ prompt: String, run: RunID?, in id: SessionID, user: UserID, on path: ConsumerPath
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        try await start(RunInput(prompt: prompt, run: run), in: id, user: user, on: path)
    }
}
