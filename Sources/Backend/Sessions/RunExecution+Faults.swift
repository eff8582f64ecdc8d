import Synchronization
import WireProtocol

/// What faults make of a run.
extension RunExecution {
    /// Returns when the model answers again: the fault is off; throws when the run is cancelled.
    func waitForTheModel() async throws {
        while faults.runs == .stalls { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Lets the agent begin and ends it behind its third event, with nobody told.
    func die(_ input: RunInput) async -> RunEnd {
        let (deaths, death) = AsyncStream<Void>.makeStream()
        let sent = Mutex(0)
        let working = Task {
            defer { death.finish() }
            var work = work(on: input) { type, fields in
                let number = sent.withLock { sent in
                    sent += 1
                    return sent
                }
                if number <= 3 { emit(type, fields) }
                if number == 3 { death.finish() }
            }
            _ = try await work.run()
        }
        for await _ in deaths {}
        working.cancel()
        return .lost
    }

    /// A stand-in knows no dispatcher, so its events name none.
    func impersonate(_ type: EventType, _ fields: JSONObject) {
        var about = metadata
        about.dispatcher = nil
        delivery.send(type, fields, about: about)
    }
}
