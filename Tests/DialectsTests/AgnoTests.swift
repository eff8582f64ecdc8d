import Testing
import WireProtocol

@testable import Dialects

/// Agno's AgentOS: sessions page by page, and their stored runs.
@Suite struct AgnoTests {
    private typealias Bench = PolledBench<AgnoReader>
    private static let base = 1_795_999_190

    private static func list(_ kind: String, page: Int = 1, database: String = "") -> String {
        "/sessions?type=\(kind)&limit=100&page=\(page)&sort_by=updated_at&sort_order=desc\(database)"
    }

    private static func page(_ ids: [String], total: Int, updated: Int = base) -> Bench.Answer {
        let rows = ids.map {
            "{\"session_id\":\"\($0)\",\"user_id\":\"ada\",\"updated_at\":\(updated),\"agent_id\":\"shop\"}"
        }
        return .init(
            "{\"data\":[\(rows.joined(separator: ","))],\"meta\":{\"page\":1,\"total_count\":\(total)}}")
    }

    private static func run(
        _ id: String, _ status: String, _ messages: String = "", more: String = ""
    ) -> String {
        "{\"run_id\":\"\(id)\",\"agent_id\":\"shop\",\"status\":\"\(status)\",\"created_at\":\(base),"
            + "\"parent_run_id\":\"\",\"messages\":[{\"id\":\"m1\",\"role\":\"user\",\"created_at\":\(base)}"
            + "\(messages)]\(more)}"
    }

    private static let called = """
        ,{"id":"m2","role":"assistant","created_at":\(base),"tool_calls":[{"id":"c1","function":{"name":"stock"}}]}
        """

    private static func returned(at second: Int, failed: Bool = false) -> String {
        ",{\"id\":\"m3\",\"role\":\"tool\",\"tool_call_id\":\"c1\",\"tool_call_error\":\(failed),"
            + "\"content\":\"none left\",\"created_at\":\(base + second)},"
            + "{\"id\":\"m4\",\"role\":\"assistant\",\"created_at\":\(base + second)}"
    }

    /// A server with one session of an agent, and its runs.
    private func bench(_ runs: String...) -> Bench {
        var bench = Bench(AgnoReader())
        bench.answers["/info"] = "{\"agno_version\":\"3.1.10\"}"
        bench.answers["/config"] = "{\"session\":{\"dbs\":[{\"db_id\":\"d1\"}]}}"
        for kind in ["agent", "team", "workflow"] {
            bench.answers[Self.list(kind)] = Self.page(
                kind == "agent" ? ["s1"] : [], total: kind == "agent" ? 1 : 0)
        }
        set(runs, on: &bench)
        return bench
    }

    private func set(_ runs: [String], on bench: inout Bench, updated: Int = base) {
        bench.answers[Self.list("agent")] = Self.page(["s1"], total: 1, updated: updated)
        bench.answers["/sessions/s1/runs"] = .init("[\(runs.joined(separator: ","))]")
    }

    @Test func sessionsAndRunsAreToldOnce() {
        let tools = """
            ,"metrics":{"duration":1.75},"tools":[{"tool_call_id":"c1","metrics":\
            {"start_time":\(Self.base).5,"end_time":\(Self.base + 1).25}}]
            """
        var bench = bench(
            Self.run("r-1", "COMPLETED", Self.called + Self.returned(at: 1, failed: true), more: tools))
        let told = bench.poll()
        #expect(
            told.eventNames == [
                "RUN_STARTED", "TOOL_CALL_START stock", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START",
                "RUN_FINISHED",
            ])
        let start = Int64(Self.base) * 1000
        #expect(
            told.eventJSON.map { $0["timestamp"]?.integer } == [0, 500, 1250, 1250, 1750].map { $0 + start })
        #expect(told.eventJSON[2]["content"]?.string == "error: none left")
        #expect(told.snapshot?.runs.map(\.state) == [.completed])
        #expect(told.session("s1")?.user == "ada")
        #expect(told.coverage?.timing == .atItsEnd)
        #expect(told.coverage?.listed.isEmpty == true)
        set(
            [Self.run("r-1", "COMPLETED", Self.called + Self.returned(at: 1))], on: &bench,
            updated: Self.base + 1)
        #expect(bench.poll().eventNames.isEmpty)
    }

    @Test(
        arguments: [
            ("PENDING", .open, .running), ("RUNNING", .open, .running), ("PAUSED", .open, .waiting),
            ("COMPLETED", .completed, .idle), ("CANCELLED", .cancelled, .idle), ("ERROR", .failed, .error),
            ("REGENERATED", .completed, .idle), ("LATER", .unknown, .unknown),
        ] as [(String, RunRecord.State, SessionRecord.State)]) func aSessionIsWhatItsLastRunIs(
            _ status: String, _ run: RunRecord.State, _ session: SessionRecord.State
        )
    {
        var bench = bench(Self.run("r-0", "ERROR"), Self.run("r-1", status))
        let told = bench.poll()
        #expect(told.snapshot?.runs.map(\.state) == [.failed, run])
        #expect(told.session("s1")?.state == session)
    }

    @Test func whatRunsBesideTheLastRunIsAtWork() {
        var bench = bench(Self.run("r-1", "RUNNING"), Self.run("r-2", "COMPLETED"))
        #expect(bench.poll().session("s1")?.state == .running)
    }

    @Test func aMembersRunDoesNotSpeakForItsTeam() {
        let member = Self.run("r-2", "ERROR").replacing(
            "\"parent_run_id\":\"\"", with: "\"parent_run_id\":\"r-1\"")
        var bench = bench(Self.run("r-1", "COMPLETED"), member)
        #expect(bench.poll().session("s1")?.state == .idle)
    }

    private static let held = """
        ,"tools":[{"tool_call_id":"c1","tool_name":"pay","requires_confirmation":true,"result":null}]
        """

    @Test func aPausedRunWaitsAndIsContinuedAsTheSameRun() {
        var bench = bench(Self.run("r-1", "PAUSED", Self.called, more: Self.held))
        let waiting = bench.poll()
        #expect(waiting.eventNames == ["RUN_STARTED", "CUSTOM ctxtop.session"])
        #expect(waiting.eventJSON.last?["value"]?["reason"]?.string == "pay")
        #expect(waiting.session("s1")?.state == .waiting)
        let later = Self.run(
            "r-1", "COMPLETED", Self.called + Self.returned(at: 5), more: ",\"metrics\":{\"duration\":0.1}"
        )
        .replacing("\"created_at\":\(Self.base),\"parent", with: "\"created_at\":\(Self.base + 5),\"parent")
        set([later], on: &bench, updated: Self.base + 5)
        let told = bench.poll()
        #expect(
            told.eventNames == [
                "TOOL_CALL_START stock", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START", "RUN_FINISHED",
            ])
        #expect(told.session("s1")?.state == .idle)
    }

    @Test func aChangeWithinTheSameSecondIsSeen() {
        var bench = bench(Self.run("r-1", "PAUSED", Self.called, more: Self.held))
        _ = bench.poll()
        set([Self.run("r-1", "COMPLETED", Self.called + Self.returned(at: 0))], on: &bench)
        #expect(bench.poll(after: .seconds(3)).session("s1")?.state == .idle)
    }

    @Test func aRunInTheBackgroundIsToldFurther() {
        var bench = bench(Self.run("r-1", "RUNNING"))
        #expect(bench.poll().eventNames == ["RUN_STARTED"])
        for _ in 0..<3 { #expect(bench.poll(after: .seconds(3)).eventNames.isEmpty) }
        set([Self.run("r-1", "COMPLETED", Self.called + Self.returned(at: 9))], on: &bench)
        #expect(bench.poll(after: .seconds(3)).eventNames.last == "RUN_FINISHED")
    }

    @Test func anEndIsToldOnceWhateverTheServerSaysLater() {
        var bench = bench(Self.run("r-1", "CANCELLED", Self.called))
        #expect(bench.poll().eventNames.last == "RUN_FINISHED")
        set([Self.run("r-1", "COMPLETED", Self.called)], on: &bench, updated: Self.base + 1)
        #expect(bench.poll().eventNames.isEmpty)
    }

    /// A server with that many sessions, the last of which waits.
    private func long(_ count: Int) -> Bench {
        var bench = bench()
        let ids = (0..<count).map { "s\($0)" }
        for page in 1...((count + 99) / 100) {
            let rows = Array(ids[((page - 1) * 100)..<min(count, page * 100)])
            bench.answers[Self.list("agent", page: page)] = Self.page(rows, total: count)
        }
        for id in ids {
            bench.answers["/sessions/\(id)/runs"] = .init("[\(Self.run("r-\(id)", "COMPLETED"))]")
        }
        bench.answers["/sessions/s\(count - 1)/runs"] = .init("[\(Self.run("r-last", "PAUSED"))]")
        return bench
    }

    @Test func aLongListIsReadToItsEnd() {
        var bench = long(101)
        let told = bench.poll()
        #expect(told.snapshot?.sessions.count == 101)
        #expect(told.session("s100")?.state == .waiting)
        #expect(told.coverage?.listed.isEmpty == true)
    }

    @Test func aListBeyondTheBudgetIsCounted() {
        var bench = long(2_001)
        let told = bench.poll()
        #expect(told.coverage?.listed[.sessions] == .init(read: 2_000, total: 2_001, missesUrgent: true))
        #expect(told.coverage?.listed[.runs] == nil)
    }

    @Test func aSessionThatMovesToAnotherPageStays() {
        var bench = long(101)
        _ = bench.poll()
        bench.answers[Self.list("agent")] = Self.page(
            (0..<100).map { $0 == 0 ? "new" : "s\($0 - 1)" }, total: 102)
        bench.answers["/sessions/new/runs"] = "[]"
        let told = bench.poll()
        #expect(told.snapshot?.sessions.count == 102)
        #expect(told.outcomes.isEmpty)
    }

    @Test func whatWasDeletedDisappears() {
        var bench = long(101)
        _ = bench.poll()
        bench.answers["/sessions/s50/runs"] = .init("{\"detail\":\"not found\"}", status: 404)
        let left = (0..<101).filter { $0 != 50 }.map { "s\($0)" }
        bench.answers[Self.list("agent")] = Self.page(left, total: 100)
        #expect(bench.poll().snapshot?.sessions.count == 100)
        bench.answers[Self.list("agent")] = Self.page([], total: 0)
        #expect(bench.poll().snapshot?.sessions.isEmpty == true)
    }

    @Test func aLostServerEndsNothing() {
        var bench = long(101)
        _ = bench.poll()
        let answers = bench.answers
        bench.answers = [:]
        #expect(bench.poll(after: .seconds(9)).snapshot?.sessions.count == 101)
        bench.answers = answers
        let back = bench.poll()
        #expect(back.snapshot?.sessions.count == 101)
        #expect(back.eventNames.isEmpty)
        #expect(back.outcomes.isEmpty)
    }

    @Test func aKeyThatIsAskedForIsSaidAndForgottenWhenItIsGiven() {
        var bench = bench()
        let open = bench.answers
        for path in open.keys where path != "/info" {
            bench.answers[path] = .init("{\"detail\":\"Authorization header required\"}", status: 401)
        }
        let told = bench.poll()
        #expect(told.snapshot == nil)
        #expect(
            told.outcomes
                == ["agent", "team", "workflow"].map {
                    "GET /sessions?type=\($0): HTTP 401 (Authorization header required); a token is required, "
                        + "or the given one is wrong or expired: --token-file FILE"
                })
        #expect(bench.poll().outcomes.isEmpty)
        bench.answers = open
        #expect(
            bench.poll().outcomes == ["agent", "team", "workflow"].map { "GET /sessions?type=\($0): read" })
    }

    @Test func severalDatabasesAreAskedOneByOne() {
        var bench = bench()
        bench.answers["/config"] = "{\"session\":{\"dbs\":[{\"db_id\":\"d1\"},{\"db_id\":\"d 2\"}]}}"
        for kind in ["agent", "team", "workflow"] {
            bench.answers[Self.list(kind)] = .init("{\"detail\":\"db_id is required\"}", status: 400)
            for (id, database) in [("s1", "d1"), ("s2", "d%202")] {
                bench.answers[Self.list(kind, database: "&db_id=\(database)")] = Self.page(
                    kind == "team" ? [id] : [], total: kind == "team" ? 1 : 0)
                bench.answers["/sessions/\(id)/runs"] = "[]"
            }
        }
        _ = bench.poll()
        let told = bench.poll()
        #expect(told.snapshot?.sessions.count == 2)
        #expect(told.outcomes.isEmpty)
    }

    @Test(arguments: ["{}", "[]", "{\"data\":{}}"]) func anotherShapeOfAListIsAFailure(_ body: String) {
        var bench = bench()
        bench.answers[Self.list("team")] = .init(body)
        #expect(bench.poll().outcomes == ["GET /sessions?type=team: the answer lists no sessions"])
    }

    @Test func aRunWithoutAPlausibleTimeIsMarked() {
        var bench = bench(Self.run("r-1", "COMPLETED").replacing("\(Self.base)", with: "0"))
        let told = bench.poll()
        #expect(told.eventNames == ["RUN_STARTED", "RUN_FINISHED"])
        #expect(told.eventJSON.allSatisfy { $0["timestamp"] == nil })
    }

    @Test func rowsWithoutAnIdAreMissingInTheirLists() {
        var bench = bench(Self.run("r1", "COMPLETED"), "{\"status\":\"RUNNING\"}")
        bench.answers[Self.list("team")] =
            "{\"data\":[{\"user_id\":\"bob\"},{\"session_id\":7}],\"meta\":{\"total_count\":2}}"
        let coverage = bench.poll().coverage
        #expect(coverage?.partialLists == ["sessions: 1 of 3 read", "runs: 1 of 2 read"])
        #expect(coverage?.listed[.sessions]?.missesUrgent == true)
        bench.answers[Self.list("team")] = Self.page([], total: 0)
        set([Self.run("r1", "COMPLETED")], on: &bench)
        #expect(bench.poll(after: .seconds(30)).coverage?.partialLists == [])
    }
}
