@testable import Backend
import Synchronization
import Testing
import WireProtocol

/// A tool that goes wrong hurts only the call that met it.
@Suite struct ToolBenchTests {
    private let bench = ToolBench(
        id: "d",
        tools: [Calculate(.nobody), Hanging(.nobody), Blocking(.nobody), Flooding(.nobody), Mangled(.nobody)])

    private func outcome(_ tool: String, _ arguments: JSONObject = [:]) async -> Result<String, ToolError> {
        do throws(ToolError) { return .success(try await bench.call(tool, arguments)) } catch {
            return .failure(error)
        }
    }

    @Test func aToolThatHangsIsGivenUpAndAfterFourCallsNotCalledAnyMore() async {
        for _ in 0..<ToolBench.hangingLimit {
            #expect(await outcome("hanging") == .failure(.timedOut(.milliseconds(20))))
        }
        #expect(await outcome("hanging") == .failure(.stillHanging("hanging", 4)))
        #expect(await outcome("calculate", ["expression": "1+1"]) == .success("2"))
        Hanging.gate.open()
        #expect(await eventually { await outcome("hanging") == .success("at last") })
    }

    @Test func toolsThatBlockTheirThreadsBlockNobodyElse() async {
        // More than this machine has cores for its sessions.
        async let blocked = withTaskGroup(of: Result<String, ToolError>.self) { group in
            for _ in 0..<4 { group.addTask { await outcome("blocking") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(await outcome("calculate", ["expression": "2*3"]) == .success("6"))
        #expect(await blocked.allSatisfy { $0 == .failure(.timedOut(.milliseconds(50))) })
        Blocking.gate.open()
    }

    @Test func anOutputIsCutAtItsLimitAndNeverInACharacter() async throws {
        let text = try await outcome("flooding").get()
        let limit = ToolOutput.limit
        #expect(text.hasSuffix("\n[cut: \(limit - 1) of \(3 * 1_000_000) bytes]"))
        #expect(text.utf8.count < limit + 100)
        #expect(!text.contains("\u{FFFD}"))
        #expect(ToolOutput(String(repeating: "a", count: limit)).text.utf8.count == limit)
        #expect(
            ToolOutput(String(repeating: "a", count: limit + 1)).text.hasSuffix(
                "[cut: \(limit) of \(limit + 1) bytes]"))
    }

    @Test func whatIsNotUTF8IsRepairedAndSaid() async {
        #expect(await outcome("mangled") == .success("ok \u{FFFD} ok\n[not UTF-8: bad bytes replaced]"))
    }

    @Test func aCancelledCallReturnsAtOnceWhateverTheToolDoes() async {
        let gate = Gate()
        let call = Task {
            await LimitedCall.run(within: .seconds(3600)) {
                gate.wait()
                return .success("late")
            } cameTooLate: {
            }
        }
        call.cancel()
        #expect(await call.value == .failure(.cancelled))
        gate.open()
    }

    @Test(
        arguments: [
            ("calculate", [:], "expression: is missing"),
            ("calculate", ["expression": 1], "expression: must be of type string"),
            ("calculate", ["expression": "1", "base": 2], "base: is not known here"),
            ("slow_report", ["milliseconds": -1], "milliseconds: must be at least 0"),
            ("slow_report", ["milliseconds": 60_001], "milliseconds: must be at most 60000"),
            ("slow_report", ["milliseconds": 1.5], "milliseconds: must be of type integer"),
            ("notes", ["note": ""], "note: must be at least 1 characters"),
        ] as [(String, JSONObject, String)])
    func argumentsAreHeldAgainstTheSchemaBeforeTheCall(
        _ tool: String, _ arguments: JSONObject, _ problem: String
    ) async throws {
        let kind = try #require(ToolCatalogue.all.first { $0.name == tool })
        #expect(JSONSchema(kind.schema).problem(in: .object(arguments)) == problem)
        let bench = ToolBench(id: "d", tools: [try kind.init(.nobody)])
        await #expect(throws: ToolError.badArguments(problem)) { try await bench.call(tool, arguments) }
    }

    @Test func schemasBelowAreHeldToo() {
        let schema = JSONSchema([
            "type": "object",
            "properties": ["rows": ["type": "array", "maxItems": 2, "items": ["enum": ["a", "b"]]]],
        ])
        #expect(schema.problem(in: ["rows": ["a", "b"]]) == nil)
        #expect(schema.problem(in: ["rows": ["a", "c"]]) == #"rows[1]: must be one of "a", "b""#)
        #expect(schema.problem(in: ["rows": ["a", "a", "a"]]) == "rows: must be at most 2 elements")
    }

    @Test func everyShippedSchemaUsesOnlyKeywordsThatCount() {
        for tool in ToolCatalogue.all { #expect(JSONSchema(tool.schema).unknownKeywords == []) }
        #expect(JSONSchema(["type": "string", "format": "date"]).unknownKeywords == ["format"])
    }

    @Test func aWorkspaceIsBounded() throws {
        let workspace = Workspace()
        try workspace.write("a", Array(repeating: 0, count: Workspace.limit - 1))
        #expect(throws: ToolError.self) { try workspace.write("b", [1]) }
        try workspace.write("a", [1])
        try workspace.write("b", [1])
        #expect(workspace.names == ["a", "b"])
    }
}

/// Holds whoever waits until it is opened, thread and all.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    func open() { isOpen.withLock { $0 = true } }
    /// Spins: a tool that blocks its thread is what is meant.
    func wait() { while !isOpen.withLock({ $0 }) {} }
}

/// Never comes back until its gate opens, and does not listen to its cancellation.
private struct Hanging: Tool {
    static let name = "hanging"
    static let summary = "Hangs."
    static let schema: JSONValue = ["type": "object"]
    static let timeout = Duration.milliseconds(20)
    static let gate = TaskGate()
    init(_ context: ToolContext) {}
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        await Self.gate.wait()
        return "at last"
    }
}

/// Holds tasks, not threads, until it is opened.
private final class TaskGate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))
    func open() {
        for waiting in state.withLock({ state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }) { waiting.resume() }
    }
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Spins on its thread until its gate opens.
private struct Blocking: Tool {
    static let name = "blocking"
    static let summary = "Spins."
    static let schema: JSONValue = ["type": "object"]
    static let timeout = Duration.milliseconds(50)
    static let gate = Gate()
    init(_ context: ToolContext) {}
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        Self.gate.wait()
        return "free"
    }
}

/// Writes a million characters of three bytes.
private struct Flooding: Tool {
    static let name = "flooding"
    static let summary = "Writes too much."
    static let schema: JSONValue = ["type": "object"]
    init(_ context: ToolContext) {}
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        ToolOutput(String(repeating: "漢", count: 1_000_000))
    }
}

/// Writes what is no UTF-8.
private struct Mangled: Tool {
    static let name = "mangled"
    static let summary = "Writes bad bytes."
    static let schema: JSONValue = ["type": "object"]
    init(_ context: ToolContext) {}
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        ToolOutput(bytes: Array("ok ".utf8) + [0xFF] + Array(" ok".utf8))
    }
}
