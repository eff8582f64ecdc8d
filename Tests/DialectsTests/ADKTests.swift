import Testing
import WireProtocol

@testable import Dialects

/// Google's ADK server: sessions are invocations, and how far these are is read from their events.
@Suite struct ADKTests {
    private typealias Bench = PolledBench<ADKReader>
    private static let list = "/apps/shop/users/user/sessions"
    /// Five seconds before the first poll of a bench.
    private static let start = 1_795_999_197.0

    /// One event; `more` are further members.
    private static func event(
        _ author: String, _ at: Double, of run: String = "e-1", _ parts: String..., more: String = "",
        node: String = "shop@1"
    ) -> String {
        "{\"invocationId\":\"\(run)\",\"author\":\"\(author)\",\"id\":\"\(run)-\(author)-\(at)\","
            + "\"timestamp\":\(start + at),\"nodeInfo\":{\"path\":\"\(author == "user" ? "" : node)\"},"
            + "\"content\":{\"parts\":[\(parts.joined(separator: ","))]}\(more)}"
    }

    private static let ask = "{\"text\":\"two shirts\"}"
    private static let words = "{\"text\":\"they are on their way\"}"

    private static func call(_ id: String, _ name: String) -> String {
        "{\"functionCall\":{\"id\":\"\(id)\",\"name\":\"\(name)\",\"args\":{}}}"
    }

    private static func result(_ id: String, _ name: String, _ response: String = "{\"n\":2}") -> String {
        "{\"functionResponse\":{\"id\":\"\(id)\",\"name\":\"\(name)\",\"response\":\(response)}}"
    }

    /// A server with one app and the events of one session of `user`.
    private func bench(_ events: String...) -> Bench {
        var bench = Bench(ADKReader())
        bench.answers["/list-apps"] = "[\"shop\"]"
        bench.answers["/version"] = "{\"version\":\"2.13.0\"}"
        set(events, on: &bench)
        return bench
    }

    private func set(_ events: [String], on bench: inout Bench) {
        // The date of the event that was stored last, as ADK gives it.
        let updated = 1_795_999_100 + events.count
        bench.answers[Self.list] = .init(
            "[{\"id\":\"s1\",\"userId\":\"user\",\"events\":[],\"lastUpdateTime\":\(updated)}]")
        bench.answers[Self.list + "/s1"] = .init(
            "{\"id\":\"s1\",\"userId\":\"user\",\"events\":[\(events.joined(separator: ","))]}")
    }

    @Test func eventsAreRunsByTheirInvocation() {
        var bench = bench(
            Self.event("user", 0, Self.ask), Self.event("shop", 0.2, Self.call("c1", "stock")),
            Self.event("shop", 0.9, Self.result("c1", "stock")), Self.event("shop", 1, Self.words))
        let told = bench.poll()
        #expect(
            told.eventNames == [
                "RUN_STARTED", "TOOL_CALL_START stock", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START",
                "RUN_FINISHED",
            ])
        #expect(told.eventJSON.first?["timestamp"]?.integer == 1_795_999_197_000)
        #expect(told.snapshot?.runs.map(\.agent) == ["shop"])
        #expect(told.session("s1")?.state == .idle)
        #expect(told.snapshot?.version == "2.13.0")
        #expect(told.coverage?.timing == .snapshotsOnly)
        #expect(bench.poll().eventNames.isEmpty)
    }

    /// The last event of an invocation, and how run and session then stand.
    @Test(
        arguments: [
            (event("shop", 1, "{\"inlineData\":{\"mimeType\":\"image/png\"}}"), .completed, .idle),
            (event("shop", 1, words, more: ",\"finishReason\":\"MAX_TOKENS\""), .completed, .idle),
            (event("shop", 1, words, more: ",\"partial\":true"), .open, .running),
            (event("shop", 1, words, call("c1", "stock")), .open, .running),
            (event("shop", 1, result("c1", "stock")), .open, .running),
            (
                event("shop", 1, result("c1", "leave"), more: ",\"actions\":{\"skipSummarization\":true}"),
                .completed, .idle
            ),
            (event("shop", 1, "{\"executableCode\":{}}", "{\"codeExecutionResult\":{}}"), .open, .running),
            (event("shop", 1, more: ",\"actions\":{\"stateDelta\":{\"n\":1}}"), .open, .running),
            (event("shop", 1, more: ",\"errorCode\":\"RESOURCE_EXHAUSTED\""), .failed, .error),
            (
                event("shop", 1, call("c1", "refund"), more: ",\"longRunningToolIds\":[\"c1\"]"), .open,
                .waiting
            ),
        ] as [(String, RunRecord.State, SessionRecord.State)]) func theEndIsADKsOwn(
            _ last: String, _ run: RunRecord.State, _ session: SessionRecord.State
        )
    {
        var bench = bench(Self.event("user", 0, Self.ask), last)
        let told = bench.poll()
        #expect(told.snapshot?.runs.map(\.state) == [run])
        #expect(told.session("s1")?.state == session)
    }

    @Test func anInvocationIsOverWhenALaterOneBegan() {
        let first = [
            Self.event("user", 0, of: "e-1", Self.ask),
            Self.event("shop", 1, of: "e-1", Self.call("c1", "pack")),
        ]
        var bench = bench(first[0], first[1], Self.event("user", 2, of: "e-2", Self.ask))
        let told = bench.poll()
        #expect(told.snapshot?.runs.map(\.state) == [.cancelled, .open])
        #expect(told.session("s1")?.state == .running)
    }

    @Test func sequentialAgentsAreOneRun() {
        let draft = Self.event("draft", 0.1, Self.words, node: "")
        let review = Self.event("review", 0.3, Self.words, node: "")
        var bench = bench(Self.event("user", 0, Self.ask), draft)
        #expect(bench.poll().session("s1")?.state == .running)
        #expect(bench.poll(after: .seconds(10)).session("s1")?.state == .running)
        set([Self.event("user", 0, Self.ask), draft, review], on: &bench)
        #expect(bench.poll().eventNames == ["TEXT_MESSAGE_START"])
        let settled = bench.poll(after: .seconds(21))
        #expect(settled.eventNames == ["RUN_FINISHED"])
        #expect(settled.session("s1")?.state == .idle)
        // Of the same agents it is known who speaks last.
        let again = ["draft", "review"].map { Self.event($0, 60, of: "e-2", Self.words, node: "") }
        set([draft, review, Self.event("user", 59, of: "e-2", Self.ask), again[0]], on: &bench)
        #expect(bench.poll(after: .seconds(30)).session("s1")?.state == .running)
        #expect(bench.poll(after: .seconds(60)).session("s1")?.state == .running)
        set([draft, review, Self.event("user", 59, of: "e-2", Self.ask)] + again, on: &bench)
        let told = bench.poll()
        #expect(told.eventNames == ["TEXT_MESSAGE_START", "RUN_FINISHED"])
        #expect(told.session("s1")?.state == .idle)
    }

    @Test func aConfirmationWaitsAndItsAnswerIsNoSecondResult() {
        let asked = [
            Self.event("user", 0, Self.ask), Self.event("shop", 0.1, Self.call("c1", "pay")),
            Self.event(
                "shop", 0.2, Self.result("c1", "pay", "{\"error\":\"requires confirmation\"}"),
                more: ",\"actions\":{\"skipSummarization\":true,\"requestedToolConfirmations\":{\"c1\":{}}}"),
            Self.event(
                "shop", 0.3, Self.call("adk-1", "adk_request_confirmation"),
                more: ",\"longRunningToolIds\":[\"adk-1\"]"),
        ]
        var bench = bench(asked[0], asked[1], asked[2], asked[3])
        let waiting = bench.poll()
        #expect(waiting.session("s1")?.state == .waiting)
        #expect(waiting.eventNames == ["RUN_STARTED", "CUSTOM ctxtop.session"])
        #expect(waiting.eventJSON.last?["value"]?["reason"]?.string == "pay")
        let answer = [
            Self.event("user", 90, Self.result("adk-1", "adk_request_confirmation", "{\"confirmed\":true}")),
            Self.event("shop", 91, Self.result("c1", "pay")), Self.event("shop", 92, Self.words),
        ]
        set(asked + answer, on: &bench)
        let told = bench.poll(after: .seconds(100))
        #expect(
            told.eventNames == [
                "TOOL_CALL_START pay", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START", "RUN_FINISHED",
            ])
        #expect(told.session("s1")?.state == .idle)
    }

    @Test func anAnswerInAnInvocationOfItsOwnEndsTheFirst() {
        var bench = bench(
            Self.event("user", 0, Self.ask), Self.event("shop", 0.1, Self.call("c1", "pay")),
            Self.event(
                "shop", 0.3, Self.call("adk-1", "adk_request_confirmation"),
                more:
                    ",\"longRunningToolIds\":[\"adk-1\"],\"actions\":{\"requestedToolConfirmations\":{\"c1\":{}}}"
            ),
            Self.event("user", 1, of: "e-2", Self.result("adk-1", "adk_request_confirmation")),
            Self.event("shop", 2, of: "e-2", Self.result("c1", "pay")),
            Self.event("shop", 2, of: "e-2", Self.words))
        let told = bench.poll()
        #expect(told.snapshot?.runs.map(\.state) == [.completed, .completed])
        #expect(
            told.eventNames == [
                "RUN_STARTED", "RUN_FINISHED", "RUN_STARTED", "TOOL_CALL_START pay", "TOOL_CALL_RESULT",
                "TEXT_MESSAGE_START", "RUN_FINISHED",
            ])
    }

    @Test func aLongRunningToolHasItsResultFromOutside() {
        let pending = [
            Self.event("user", 0, Self.ask),
            Self.event("shop", 0.1, Self.call("c1", "refund"), more: ",\"longRunningToolIds\":[\"c1\"]"),
            Self.event("shop", 0.2, Self.result("c1", "refund", "{\"status\":\"pending\"}")),
            Self.event("shop", 0.3, Self.words),
        ]
        var bench = bench(pending[0], pending[1], pending[2], pending[3])
        let waiting = bench.poll()
        #expect(waiting.session("s1")?.state == .waiting)
        #expect(!waiting.eventNames.contains("TOOL_CALL_RESULT"))
        set(
            pending + [
                Self.event("user", 60, Self.result("c1", "refund", "{\"status\":\"approved\"}")),
                Self.event("shop", 61, Self.words),
            ], on: &bench)
        let told = bench.poll(after: .seconds(65))
        #expect(
            told.eventNames == [
                "TOOL_CALL_START refund", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START", "RUN_FINISHED",
            ])
        #expect(told.session("s1")?.state == .idle)
    }

    @Test func aFailedSessionIsWellAfterItsNextGoodRun() {
        let bad = Self.event("shop", 1, more: ",\"errorCode\":\"QUOTA\",\"errorMessage\":\"used up\"")
        let tool = Self.event("shop", 0.5, Self.call("c1", "stock"))
        var bench = bench(Self.event("user", 0, Self.ask), tool, bad)
        let failed = bench.poll()
        #expect(failed.session("s1")?.state == .error)
        #expect(failed.eventNames.suffix(2) == ["TOOL_CALL_RESULT", "RUN_ERROR"])
        #expect(failed.eventJSON.last?["message"]?.string == "used up")
        #expect(failed.eventJSON.dropLast().last?["content"]?.string == "error: used up")
        set(
            [
                Self.event("user", 0, Self.ask), tool, bad, Self.event("user", 2, of: "e-2", Self.ask),
                Self.event("shop", 3, of: "e-2", Self.words),
            ], on: &bench)
        #expect(bench.poll().session("s1")?.state == .idle)
    }

    @Test(arguments: [
        ("{\"error\":\"no such shirt\"}", "error: no such shirt"),
        ("{\"status\":\"error\",\"error_message\":\"db is down\"}", "error: db is down"),
        ("{\"status\":\"error\"}", "error: error"), ("{\"error\":null}", "ok"), ("{\"error\":false}", "ok"),
        ("{\"status\":\"sold\"}", "ok"), ("\"text\"", "ok"),
    ]) func aToolsOwnWordsSayWhetherItFailed(_ response: String, _ content: String) {
        var bench = bench(
            Self.event("user", 0, Self.ask), Self.event("shop", 0.1, Self.call("c1", "stock")),
            Self.event("shop", 0.2, Self.result("c1", "stock", response)))
        #expect(bench.poll().eventJSON.last?["content"]?.string == content)
    }

    @Test func anAnswerIsDatedWhenItWasSeenAndNotWhenTheModelWasAsked() {
        var bench = bench(Self.event("user", 0, Self.ask))
        _ = bench.poll()
        for _ in 0..<20 { _ = bench.poll() }
        let before = bench.now
        set([Self.event("user", 0, Self.ask), Self.event("shop", 0.1, Self.words)], on: &bench)
        let told = bench.poll()
        #expect(told.eventNames == ["TEXT_MESSAGE_START", "RUN_FINISHED"])
        #expect(told.eventJSON.allSatisfy { $0["timestamp"]?.integer == before.milliseconds })
    }

    @Test func eventsThatAreSortedInLaterAreToldOnce() {
        let user = Self.event("user", 0, Self.ask)
        let (one, two) = (
            Self.event("left", 0.2, Self.call("c1", "stock"), node: ""),
            Self.event("right", 0.1, Self.call("c2", "price"), node: "")
        )
        var bench = bench(user, one)
        #expect(bench.poll().eventNames == ["RUN_STARTED", "TOOL_CALL_START stock"])
        set([user, two, one], on: &bench)
        #expect(bench.poll().eventNames == ["TOOL_CALL_START price"])
    }

    @Test(arguments: ["0", "null", "1e300", "17959990770", "\"\""])
    func implausibleTimesAreThoseOfTheArrival(_ time: String) {
        var bench = bench(
            Self.event("user", 0, Self.ask).replacing(
                "\"timestamp\":1795999197.0", with: "\"timestamp\":\(time)"),
            Self.event("shop", 1, Self.words))
        let told = bench.poll()
        #expect(told.eventJSON.first?["timestamp"] == nil)
        #expect(told.session("s1")?.lastEventAt.map { $0 <= bench.now } == true)
    }

    @Test func anInvocationWithoutAnEndIsGivenUpAfterAnHour() {
        var bench = bench(Self.event("user", 0, Self.ask), Self.event("shop", 1, Self.call("c1", "stock")))
        #expect(bench.poll(after: .seconds(3000)).session("s1")?.state == .running)
        let given = bench.poll(after: .seconds(610))
        #expect(given.session("s1")?.state == .unknown)
        #expect(given.eventNames.isEmpty)
    }

    @Test func theUsersOfTheConfigurationAreAskedFor() {
        var bench = Bench(ADKReader())
        bench.reader.users = ["ada", "bo b"]
        bench.answers["/list-apps"] = "[\"shop\"]"
        for user in ["ada", "bo%20b"] {
            bench.answers["/apps/shop/users/\(user)/sessions"] =
                "[{\"id\":\"s1\",\"lastUpdateTime\":1795999100}]"
            bench.answers["/apps/shop/users/\(user)/sessions/s1"] = "{\"id\":\"s1\",\"events\":[]}"
        }
        let told = bench.poll()
        #expect(Set(told.snapshot?.sessions.map(\.user) ?? []) == ["ada", "bo b"])
        #expect(Set(told.snapshot?.sessions.map(\.id) ?? []).count == 2)
        #expect(told.coverage?.listed.isEmpty == true)
        #expect(told.coverage?.notes.first?.contains("`ada`, `bo b`") == true)
    }

    @Test func otherUsersThanTheKnownOneAreNotCounted() {
        var bench = bench(Self.event("user", 0, Self.ask))
        let remedy = "name the users in config.toml, [targets.NAME] users = [\"ada\"]"
        #expect(bench.poll().coverage?.partialLists == ["sessions: 1 of an unknown number read; \(remedy)"])
    }

    @Test func whatWasDeletedDisappears() {
        var bench = bench(Self.event("user", 0, Self.ask))
        _ = bench.poll()
        bench.answers[Self.list] = "[]"
        let told = bench.poll()
        #expect(told.snapshot?.sessions.isEmpty == true)
        #expect(told.eventNames == ["RUN_FINISHED"])
        #expect(told.eventJSON.last?["outcome"]?["type"]?.string == "cancelled")
        #expect(told.outcomes.isEmpty)
    }

    @Test func aSessionThatGoesWhileItIsReadIsNoFailure() {
        var bench = bench(Self.event("user", 0, Self.ask))
        bench.answers[Self.list + "/s1"] = .init("{\"detail\":\"Session not found\"}", status: 404)
        let told = bench.poll()
        #expect(told.outcomes.isEmpty)
        #expect(told.snapshot?.sessions.isEmpty == true)
    }

    @Test func aServerThatDoesNotAnswerLosesNothing() {
        var bench = bench(Self.event("user", 0, Self.ask), Self.event("shop", 1, Self.words))
        _ = bench.poll()
        let answers = bench.answers
        bench.answers = [:]
        #expect(bench.poll().snapshot?.sessions.count == 1)
        #expect(bench.poll().outcomes.isEmpty)
        #expect(
            bench.poll().outcomes == [
                "GET /list-apps: no answer within 5 s", "GET \(Self.list): no answer within 5 s",
            ])
        bench.answers = answers
        let back = bench.poll()
        #expect(back.outcomes == ["GET /list-apps: read", "GET \(Self.list): read"])
        #expect(back.eventNames.isEmpty)
        #expect(back.snapshot?.sessions.count == 1)
    }

    @Test func nothingIsSnapshotBeforeEveryListWasAskedFor() {
        var bench = Bench(ADKReader())
        bench.reader.users = ["ada", "bob"]
        bench.answers["/list-apps"] = "[\"shop\"]"
        bench.answers["/apps/shop/users/ada/sessions"] = .init("{\"detail\":\"no\"}", status: 403)
        bench.answers["/apps/shop/users/bob/sessions"] = "{}"
        let told = bench.poll()
        #expect(told.snapshot == nil)
        #expect(
            told.outcomes == [
                "GET /apps/shop/users/ada/sessions: HTTP 403 (no); the token may not read this: "
                    + "use an operator's with --token-file FILE",
                "GET /apps/shop/users/bob/sessions: the answer lists no sessions",
            ])
    }

    @Test func sessionsWithoutAnIdAreMissingInTheList() {
        var bench = bench(Self.event("user", 0, Self.ask))
        bench.reader.users = ["user"]
        bench.answers[Self.list] =
            "[{\"id\":\"s1\",\"userId\":\"user\",\"lastUpdateTime\":1},{\"userId\":\"user\"},5]"
        let coverage = bench.poll().coverage
        #expect(coverage?.partialLists == ["sessions: 1 of 3 read"])
        #expect(coverage?.listed[.sessions]?.missesUrgent == true)
        bench.answers[Self.list] = "[{\"id\":\"s1\",\"userId\":\"user\",\"lastUpdateTime\":1}]"
        #expect(bench.poll().coverage?.partialLists == [])
    }
}
