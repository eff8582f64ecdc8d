import WireProtocol

/// One run from RUN_STARTED to its end: every event goes to the monitor and to the session's own log.
struct RunExecution: Sendable {
    /// The version of AG-UI that the events follow.
    static let protocolVersion = "1.0"

    let agent: ScriptedAgent
    let delivery: RunDelivery
    let dispatcher: ToolDispatcher
    let metadata: EventMetadata
    /// The question that the session's last run ended with.
    var interrupt: AgentInterrupt?
    var faults = ActiveFaults()

    func run(_ input: RunInput) async -> RunEnd {
        defer { delivery.flush() }
        start(input)
        var work = work(on: input) { emit($0, $1) }
        do {
            switch faults.runs {
            case nil: break
            case .stalls: try await waitForTheModel()
            case .diesSilently: return await die(input)
            case .isImpersonated:
                StandIn(tag: tag).answer { impersonate($0, $1) }
                finish(["type": "success"], work.usage)
                return .completed
            }
            switch try await work.run() {
            case .completed(let pendingCalls):
                var outcome: JSONObject = ["type": "success"]
                if !pendingCalls.isEmpty {
                    outcome["pendingToolCallIds"] = .array(pendingCalls.map { .string($0) })
                }
                finish(outcome, work.usage)
                return .completed
            case .interrupted(let interrupt):
                finish(["type": "interrupt", "interrupts": [interrupt.json]], work.usage)
                return .interrupted(interrupt)
            case .failed(let problem):
                emit(
                    .runError,
                    ["message": .string(problem), "code": "dispatch", "usage": work.usage.json])
                return .failed(problem)
            }
        } catch {
            finish(["type": "cancelled"], work.usage)
            return .cancelled
        }
    }

    /// What the agent does in this run, told to `emit`.
    func work(on input: RunInput, emit: @escaping ScriptedAgent.Emit) -> AgentRun {
        let answered = interrupt.flatMap { interrupt in
            input.resume.last { $0.interrupt == interrupt.id }.map { (interrupt, $0.isApproved) }
        }
        return AgentRun(agent, input, answered: answered, tag: tag, dispatcher: dispatcher, emit: emit)
    }

    private func start(_ input: RunInput) {
        var started = metadata
        started.agent = ScriptedAgent.name
        started.traceparent = input.trace?.header
        var fields = ids
        fields.set("protocolVersion", Self.protocolVersion)
        fields.set("parentRunId", input.parentRun?.rawValue)
        delivery.send(.runStarted, fields, about: started)
    }

    /// The run id's tail; of a UUIDv7 its random part, so that other runs have another one.
    var tag: String { String((metadata.run?.rawValue ?? "").suffix(12)) }

    private var ids: JSONObject {
        [
            "threadId": .string(metadata.session?.rawValue ?? ""),
            "runId": .string(metadata.run?.rawValue ?? ""),
        ]
    }

    private func finish(_ outcome: JSONObject, _ usage: AgentUsage) {
        var fields = ids
        fields["outcome"] = .object(outcome)
        fields["usage"] = usage.json
        emit(.runFinished, fields)
    }

    func emit(_ type: EventType, _ fields: JSONObject) {
        delivery.send(type, fields, about: metadata)
    }
}
