import ContextMonitor
import WireProtocol

/// One run from RUN_STARTED to its end: every event goes to the monitor and to the session's own log.
struct RunExecution: Sendable {
    let agent: ScriptedAgent
    let monitor: ContextMonitor
    let log: SessionEventLog
    let dispatcher: ToolDispatcher
    let metadata: EventMetadata

    func run(_ prompt: String) async -> RunEnd {
        var started = metadata
        started.agent = ScriptedAgent.name
        log.append(monitor.publish(.runStarted, ids, about: started))
        do {
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
        log.append(monitor.publish(type, fields, about: metadata))
    }
}
