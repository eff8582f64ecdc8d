@testable import Backend
import PatternDetection
import Testing
import WireProtocol

@Suite struct ToolTests {
    private func call(_ tool: some Tool, _ arguments: JSONObject) async -> Result<String, ToolError> {
        do throws(ToolError) { return .success(try await tool.call(arguments).text) } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [
        ("1+2*3", "7"), ("(1+2)*3", "9"), ("-4/2", "-2"), ("1/4", "0.25"), (" 2 * ( 3 - 5 ) ", "-4"),
        ("--2", "2"),
    ])
    func arithmeticFollowsThePrecedenceOfSchool(_ expression: String, _ expected: String) async {
        #expect(await call(Calculate(.nobody), ["expression": .string(expression)]) == .success(expected))
    }

    @Test(arguments: ["", "1+", "(1", "1)", "a", "1..2", "1/0"])
    func whatIsNoArithmeticFails(_ expression: String) async {
        let outcome = await call(Calculate(.nobody), ["expression": .string(expression)])
        #expect(throws: ToolError.self) { try outcome.get() }
    }

    @Test func deepParenthesesAreRefusedNotTrapped() async {
        let deep = String(repeating: "(", count: 900)
        #expect(
            await call(Calculate(.nobody), ["expression": .string(deep)])
                == .failure(.badArguments("parentheses nested deeper than 100")))
    }

    @Test func theCorpusIsSearched() async throws {
        let found = try await call(SearchCorpus(.nobody), ["query": "hollow dispatcher"]).get()
        #expect(found.contains("A hollow dispatcher was created without tools"))
        #expect(try await call(SearchCorpus(.nobody), ["query": "zebra"]).get() == "nothing found")
    }

    @Test(arguments: [
        ("/rows/0/n", Result<String, ToolError>.success("7")), ("", .success(#"{"rows":[{"n":7}],"a/b":1}"#)),
        ("/a~1b", .success("1")), ("/rows/1", .failure(.failed("no element 1"))),
        ("/x", .failure(.failed("no member x"))), ("/rows/0/n/y", .failure(.failed("nothing below y"))),
    ])
    func jsonPointersAreFollowed(_ pointer: String, _ expected: Result<String, ToolError>) async {
        let document: JSONValue = ["rows": [["n": 7]], "a/b": 1]
        #expect(
            await call(QueryJSON(.nobody), ["document": document, "pointer": .string(pointer)]) == expected)
    }

    @Test func theSameKeysFailEachTime() async {
        for _ in 0..<3 {
            #expect(await call(FlakyLookup(.nobody), ["key": "a"]) == .success("a is 97"))
            #expect(
                await call(FlakyLookup(.nobody), ["key": "c"])
                    == .failure(.failed("lookup of c timed out upstream")))
        }
    }

    @Test func aSlowReportEndsEarlyWhenItsRunIsCancelled() async {
        let task = Task { await call(SlowReport(.nobody), ["milliseconds": 60_000]) }
        task.cancel()
        #expect(await task.value == .failure(.cancelled))
    }
}

@Suite struct PatternAssignmentTests {
    @Test func pathsThatAreNotNamedAreOnTheFactory() throws {
        let assignment = try PatternAssignment(parsing: "websocket=singleton,http=hollow")
        #expect(ConsumerPath.all.map { assignment[$0] } == [.singleton, .hollow, .factory])
        #expect(try PatternAssignment(parsing: "mixed")[.background] == .mixed)
    }

    @Test(arguments: [
        ("", PatternAssignmentError.unknownPattern("")), ("unmigrated", .unknownPattern("unmigrated")),
        ("http=", .unknownPattern("")), ("smtp=factory", .unknownPath("smtp")),
        ("http=factory=mixed", .unknownPattern("http=factory=mixed")),
    ])
    func otherTextsAreRefused(_ text: String, _ expected: PatternAssignmentError) {
        #expect(throws: expected) { try PatternAssignment(parsing: text) }
    }
}
