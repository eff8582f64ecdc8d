import Synchronization
import WireProtocol

/// One run from RUN_STARTED to its end: every event goes to the monitor and to the session's own log.
struct RunExecution: Sendable {
    let agent: ScriptedAgent
    let delivery: RunDelivery
    let dispatcher: ToolDispatcher
    let metadata: EventMetadata
    var faults = ActiveFaults()

    func run(_ prompt: String) async -> RunEnd {
        defer { delivery.flush() }
        var started = metadata
        started.agent = ScriptedAgent.name
        delivery.send(.runStarted, ids, about: started)
        do {
            switch faults.runs {
            case nil: break
            case .stalls: try await waitForTheModel()
            case .diesSilently: return await die(prompt)
            case .isImpersonated:
                StandIn(tag: tag).answer { impersonate($0, $1) }
                finish(outcome: "success")
                return .completed
            }
            if let problem = try await agent.run(
                prompt, tag: tag, dispatcher: dispatcher, emit: { emit($0, $1) })
            {
                emit(.runError, ["message": .string(problem), "code": "dispatch"])
                return .failed(problem)
            }
            finish(outcome: "success")
            return .completed
        } catch {
            finish(outcome: "cancelled")
            return .cancelled
        }
    }

    /// The run id's tail; of a UUIDv7 its random part, so that other runs have another one.
    private var tag: String { String((metadata.run?.rawValue ?? "").suffix(12)) }

    private var ids: JSONObject {
        [
            "threadId": .string(metadata.session?.rawValue ?? ""),
            "runId": .string(metadata.run?.rawValue ?? ""),
        ]
    }

    private func finish(outcome: String) {
        var fields = ids
        fields["outcome"] = ["type": .string(outcome)]
        emit(.runFinished, fields)
    }

    private func emit(_ type: EventType, _ fields: JSONObject) {
        delivery.send(type, fields, about: metadata)
    }
}

/// What faults make of a run.
extension RunExecution {
    /// Returns when the model answers again: the fault is off; throws when the run is cancelled.
    private func waitForTheModel() async throws {
        while faults.runs == .stalls { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Lets the agent begin and ends it behind its third event, with nobody told.
    private func die(_ prompt: String) async -> RunEnd {
        let (deaths, death) = AsyncStream<Void>.makeStream()
        let sent = Mutex(0)
        let working = Task { [agent, dispatcher, tag] in
            defer { death.finish() }
            _ = try await agent.run(prompt, tag: tag, dispatcher: dispatcher) { type, fields in
                let number = sent.withLock { sent in
                    sent += 1
                    return sent
                }
                if number <= 3 { emit(type, fields) }
                if number == 3 { death.finish() }
            }
        }
        for await _ in deaths {}
        working.cancel()
        return .lost
    }

    /// A stand-in knows no dispatcher, so its events name none.
    private func impersonate(_ type: EventType, _ fields: JSONObject) {
        var about = metadata
        about.dispatcher = nil
        delivery.send(type, fields, about: about)
    }
}
