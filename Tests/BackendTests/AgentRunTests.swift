import NIOHTTP1
import Testing
import WireProtocol

@testable import Backend
@testable import ContextMonitor

/// The scripted agent's AG-UI events, over HTTP as any AG-UI client gets them.
@Suite struct AgentRunTests {
    private static let agent = ScriptedAgent(pace: .immediate, seed: 1)

    /// A prompt whose plan calls that tool, and where.
    private static func prompt(calling tool: String) -> (text: String, place: Int)? {
        for number in 0..<500 {
            let text = "prompt \(number)"
            if let place = agent.plan(for: text).firstIndex(where: { $0.tool == tool }) {
                return (text, place)
            }
        }
        return nil
    }

    private static func input(_ prompt: String, run: String = "run-1", _ more: JSONObject = [:]) -> JSONValue
    {
        var object: JSONObject = [
            "threadId": "t", "runId": .string(run),
            "messages": [["id": "m", "role": "user", "content": .string(prompt)]],
        ]
        for member in more.members { object.append(member.name, member.value) }
        return .object(object)
    }

    private func events(_ backend: RunningBackend, _ input: JSONValue) async throws -> [JSONValue] {
        let (status, text) = try await backend.text(
            "/v1/agents/assistant/ag-ui", as: "ada", method: .POST, input)
        #expect(status == 200, "\(text)")
        return try text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
            try JSONParser.parse($0.dropFirst(6).utf8)
        }
    }

    private func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.string } }

    @Test func aSharedStateComesBackWithThePlanAndEachStep() async throws {
        let (prompt, _) = try #require(Self.prompt(calling: Calculate.name))
        let plan = Self.agent.plan(for: prompt).map(\.tool)
        try await RunningBackend.with { backend in
            let events = try await events(backend, Self.input(prompt, ["state": ["title": "mine"]]))
            let snapshot = try #require(events.first { $0["type"]?.string == "STATE_SNAPSHOT" })?["snapshot"]
            #expect(snapshot?["title"]?.string == "mine")
            #expect(snapshot?["plan"]?.array?.compactMap { $0["tool"]?.string } == plan)
            #expect(types(events).count { $0 == "STATE_DELTA" } == 2 * plan.count)
            #expect(types(events).count { $0 == "STEP_STARTED" } == plan.count)
            #expect(types(events).count { $0 == "STEP_FINISHED" } == plan.count)
            let usage = events.last?["usage"]?.array?.first
            let (input, output) = (usage?["inputTokens"]?.integer ?? 0, usage?["outputTokens"]?.integer ?? 0)
            #expect(input > 0 && output > 0)
            #expect(usage?["totalTokens"]?.integer == input + output)
        }
    }

    @Test func withoutASharedStateThereIsNone() async throws {
        let (prompt, _) = try #require(Self.prompt(calling: Calculate.name))
        try await RunningBackend.with { backend in
            let events = try await events(backend, Self.input(prompt))
            #expect(!types(events).contains { $0.hasPrefix("STATE") || $0.hasPrefix("STEP") })
            #expect(events.first?["protocolVersion"]?.string == "1.0")
        }
    }

    @Test(arguments: [true, false])
    func anApprovalInterruptsTheRunAndAnAnswerResumesIt(_ isApproved: Bool) async throws {
        let (prompt, place) = try #require(Self.prompt(calling: Calculate.name))
        let ask: JSONObject = ["forwardedProps": ["askBefore": ["calculate"]]]
        try await RunningBackend.with { backend in
            let asking = try await events(backend, Self.input(prompt, ask))
            #expect(asking.last?["outcome"]?["type"]?.string == "interrupt")
            let interrupt = asking.last?["outcome"]?["interrupts"]?.array?.first
            #expect(interrupt?["message"]?.string == "May I call calculate?")
            #expect(!asking.contains { $0["toolCallName"]?.string == "calculate" })
            #expect(backend.monitor.snapshot().sessions.first?.state == .waiting)
            let run = try await backend.get("/v1/runs/run-1", as: "ada").body
            #expect(run["state"]?.string == "completed")
            #expect(run["interrupts"]?.array?.first == interrupt)

            let answer: JSONObject = [
                "resume": [
                    [
                        "interruptId": interrupt?["id"] ?? .null, "status": "resolved",
                        "payload": ["approved": .bool(isApproved)],
                    ]
                ]
            ]
            let resumed = try await events(backend, Self.input(prompt, run: "run-2", answer))
            let called = resumed.compactMap { $0["toolCallName"]?.string }
            let rest = Self.agent.plan(for: prompt).map(\.tool).dropFirst(place)
            #expect(called == Array(isApproved ? rest : rest.dropFirst()))
            let text = resumed.compactMap { $0["delta"]?.string }.joined()
            #expect(text.contains("calculate was declined") == !isApproved)
            #expect(resumed.last?["outcome"]?["type"]?.string == "success")
            #expect(backend.monitor.snapshot().runs.allSatisfy { $0.violations.isEmpty })
        }
    }

    @Test func anAnswerToAQuestionThatNobodyAskedIsRefused() async throws {
        try await RunningBackend.with { backend in
            let answer: JSONObject = ["resume": [["interruptId": "guessed", "status": "resolved"]]]
            let refused = try await backend.send(
                .POST, "/v1/agents/assistant/ag-ui", Self.input("go", answer), as: "ada")
            #expect(refused.status == 409)
            #expect(
                refused.body["detail"]?.string
                    == "resume: the session's last run ended with no such interrupt")
        }
    }

    @Test func aBackgroundJobThatHasNobodyToAskDeclines() async throws {
        let (prompt, _) = try #require(Self.prompt(calling: Calculate.name))
        try await RunningBackend.with { backend in
            let job: JSONValue = [
                "prompt": .string(prompt), "forwardedProps": ["askBefore": ["calculate"]],
            ]
            let id = try await backend.send(.POST, "/v1/jobs", job, as: "ada").body["id"]?.string ?? ""
            #expect(
                try await eventually {
                    try await backend.get("/v1/jobs/\(id)", as: "ada").body["state"]?.string == "completed"
                })
            #expect(
                !backend.monitor.ringLines().contains {
                    String(decoding: $0, as: UTF8.self).contains("\"calculate\"")
                })
        }
    }

    private static let colourTool: JSONObject = [
        "tools": [
            [
                "name": "pick_colour", "description": "asks the user",
                "parameters": [
                    "type": "object",
                    "properties": ["title": ["type": "string"], "count": ["type": "integer"]],
                ],
            ]
        ]
    ]

    @Test func aClientsOwnToolIsLeftToTheClient() async throws {
        try await RunningBackend.with { backend in
            let asking = try await events(backend, Self.input("please pick_colour", Self.colourTool))
            let call = try #require(asking.first { $0["toolCallName"]?.string == "pick_colour" })
            let pending = asking.last?["outcome"]?["pendingToolCallIds"]?.array
            #expect(pending == call["toolCallId"].map { [$0] })
            let arguments = asking.last { $0["type"]?.string == "TOOL_CALL_ARGS" }?["delta"]
            #expect(arguments == #"{"title":"please pick_colour","count":1}"#)
            #expect(backend.monitor.snapshot().sessions.first?.state == .waiting)
            #expect(backend.monitor.snapshot().runs.allSatisfy { $0.violations.isEmpty })
        }
    }

    @Test func whatTheClientsToolReturnedIsWhereTheNextRunGoesOn() async throws {
        var next = Self.colourTool
        next["threadId"] = "t"
        next["messages"] = [
            ["id": "m", "role": "user", "content": "please pick_colour"],
            ["id": "a", "role": "tool", "toolCallId": "call", "content": "blue"],
        ]
        let input = JSONValue.object(next)
        try await RunningBackend.with { backend in
            let resumed = try await events(backend, input)
            let text = resumed.compactMap { $0["delta"]?.string }.joined()
            #expect(text.contains("you answered blue"))
            #expect(!types(resumed).contains("TOOL_CALL_START"))
        }
    }

    @Test func aCancelledCallHasAResultBeforeTheRunEnds() async throws {
        let (prompt, _) = try #require(Self.prompt(calling: SlowReport.name))
        let pace = AgentPace(thinkingMilliseconds: 0...0, slowToolMilliseconds: 60_000...60_000)
        let slow = ScriptedAgent(pace: pace, seed: 1)
        #expect(slow.plan(for: prompt).contains { $0.tool == SlowReport.name })
        try await RunningBackend.with {
            $0.pace = pace
        } _: { backend in
            async let stream = events(backend, Self.input(prompt, ["state": ["title": "mine"]]))
            #expect(
                await eventually {
                    backend.monitor.ringLines().contains {
                        String(decoding: $0, as: UTF8.self).contains("\"slow_report\"")
                    }
                })
            #expect(try await backend.send(.DELETE, "/v1/runs/run-1", nil, as: "ada").status == 202)
            let events = try await stream
            #expect(events.last?["outcome"]?["type"]?.string == "cancelled")
            #expect(
                types(events).suffix(4) == [
                    "TOOL_CALL_RESULT", "STATE_DELTA", "STEP_FINISHED", "RUN_FINISHED",
                ])
            #expect(backend.monitor.snapshot().runs.allSatisfy { $0.violations.isEmpty })
        }
    }

    @Test(
        arguments: [
            (["threadId": 5], "threadId: a text of 1 to 200 bytes"),
            (["runId": ""], "runId: a text of 1 to 200 bytes"),
            (["tools": [["description": "no name"]]], "tools: objects with a name"),
            (["tools": "all"], "tools: an array of objects"),
            (
                ["resume": [["interruptId": "i", "status": "maybe"]]],
                "resume: objects with interruptId and status \"resolved\" or \"cancelled\""
            ),
            (["state": .string(String(repeating: "x", count: 65_535))], "state: at most 65536 bytes"),
        ] as [(JSONObject, String)])
    func anInputOfTheWrongShapeIsRefusedInWords(_ members: JSONObject, _ words: String) {
        var object: JSONObject = ["prompt": "go"]
        for member in members.members { object[member.name] = member.value }
        #expect { try RunInput(object) } throws: { "\($0)" == words }
    }

    @Test func aStateOfTheLargestSizeIsTaken() throws {
        let state = JSONValue.string(String(repeating: "x", count: RunInput.longestState - 2))
        #expect(try RunInput(["prompt": "go", "state": state]).state == state)
    }
}
