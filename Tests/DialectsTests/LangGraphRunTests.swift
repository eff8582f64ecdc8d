import Testing
import WireProtocol

@testable import Dialects

/// What a LangGraph Server's lists and streams say together about a run.
@Suite struct LangGraphRunTests {
    private typealias Script = LangGraphScript

    /// A thread with a finished first turn, and the second turn's start in its stream.
    private func secondTurn() -> LangGraphScript {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.runs(Script.run("r-1", "success"))
        _ = script.open()
        script.wait(until: 10)
        _ = script.frames(Script.began("r-2"))
        return script
    }

    @Test func aListOlderThanTheStreamDemotesNoRun() {
        var script = secondTurn()
        script.wait(until: 11)
        #expect(script.list(Script.row("idle"), asked: 2).snapshot == nil)
        #expect(script.runs(Script.run("r-1", "success"), asked: 2).eventNames.isEmpty)
        script.wait(until: 13)
        let snapshot = script.runs(
            Script.run("r-2", "running", at: 10), Script.run("r-1", "success")
        ).snapshot
        #expect(snapshot?.runs.map(\.state) == [.open, .completed])
        #expect(snapshot?.sessions.map(\.state) == [.running])
    }

    @Test func everySnapshotListsTheRunThatTheStreamBegan() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.open()
        script.wait(until: 10)
        let snapshot = script.frames(Script.began("r-2")).snapshot
        #expect(snapshot?.runs.map(\.state) == [.open])
    }

    @Test(
        arguments: [
            ("success", "RUN_FINISHED", "success", RunRecord.State.completed, SessionRecord.State.idle),
            ("error", "RUN_ERROR", nil, .failed, .error),
            ("timeout", "RUN_ERROR", nil, .failed, .error),
        ] as [(String, String, String?, RunRecord.State, SessionRecord.State)])
    func theEndOfARunIsWhatItsStatusSays(
        _ status: String, _ event: String, _ outcome: String?, _ run: RunRecord.State,
        _ session: SessionRecord.State
    ) {
        var script = secondTurn()
        script.wait(until: 20)
        #expect(script.frames(Script.done("r-2")).eventNames.isEmpty)
        #expect(script.asksFor(run: "r-2"))
        let messages = script.row(ofRun: "r-2", Script.run("r-2", status, at: 10, until: 20))
        #expect(messages.eventNames == [event])
        #expect(messages.eventJSON.last?["outcome"]?["type"]?.string == outcome)
        #expect(messages.eventJSON.last?["timestamp"]?.integer == script.now.milliseconds)
        #expect(messages.snapshot?.runs.first?.state == run)
        #expect(messages.snapshot?.sessions.first?.state == session)
        #expect(!script.asksFor(run: "r-2"))
    }

    @Test func aCancelledRunLeavesAnIdleThread() {
        var script = secondTurn()
        _ = script.frames(Script.done("r-2"))
        let row = Script.run("r-2", "interrupted", at: 10, until: 12)
        #expect(script.row(ofRun: "r-2", row).eventNames.isEmpty)
        script.wait(until: 14)
        let messages = script.runs(row, Script.run("r-1", "success"))
        #expect(messages.eventJSON.last?["outcome"]?["type"]?.string == "cancelled")
        #expect(messages.snapshot?.runs.first?.state == .cancelled)
        #expect(messages.snapshot?.sessions.map(\.state) == [.idle])
    }

    @Test func aTimeoutIsToldInItsOwnWords() {
        var script = secondTurn()
        _ = script.frames(Script.done("r-2"))
        let messages = script.row(ofRun: "r-2", Script.run("r-2", "timeout", at: 10, until: 12))
        #expect(messages.eventJSON.last?["message"]?.string?.hasPrefix("timed out") == true)
    }

    @Test func theWordsOfAFailureComeFromTheStream() {
        var script = secondTurn()
        _ = script.frames("error {\"error\":\"KeyError\",\"message\":\"no such shelf\"}", Script.done("r-2"))
        let messages = script.row(ofRun: "r-2", Script.run("r-2", "error", at: 10, until: 12))
        #expect(messages.eventJSON.last?["message"]?.string == "KeyError: no such shelf")
    }

    @Test(arguments: [
        ("interrupt", "displaced by a newer run"), ("enqueue", "cancelled"),
    ]) func aDisplacedRunIsTold(_ strategy: String, _ reason: String) {
        var script = secondTurn()
        script.wait(until: 20)
        _ = script.frames(Script.done("r-2"))
        script.wait(until: 22)
        let messages = script.runs(
            Script.run("r-3", "running", at: 15, strategy: strategy),
            Script.run("r-2", "interrupted", at: 10, until: 15), Script.run("r-1", "success"))
        #expect(messages.eventJSON.first?["outcome"]?["reason"]?.string == reason)
    }

    @Test func aRunThatTheServerDeletedWasRolledBack() {
        var script = secondTurn()
        script.wait(until: 20)
        _ = script.frames(Script.done("r-2"))
        // A server without the route answers so, too; the list decides.
        #expect(script.row(ofRun: "r-2", "{\"detail\":\"Not Found\"}", status: 404).eventNames.isEmpty)
        script.wait(until: 22)
        let messages = script.runs(Script.run("r-1", "success"))
        #expect(messages.eventJSON.last?["outcome"]?["reason"]?.string == "rolled back and deleted")
        #expect(messages.snapshot?.runs.map(\.state).contains(.open) == false)
    }

    @Test func aRunThatIsTriedAgainHasNotEnded() {
        var script = secondTurn()
        _ = script.frames(Script.done("r-2"))
        #expect(script.row(ofRun: "r-2", Script.run("r-2", "pending", at: 10)).eventNames.isEmpty)
        #expect(script.frames("metadata {\"run_id\":\"r-2\",\"attempt\":2}").eventNames.isEmpty)
        #expect(script.row(ofRun: "r-2", Script.run("r-2", "running", at: 10)).eventNames.isEmpty)
        script.wait(until: 30)
        let rows = (Script.run("r-2", "success", at: 10, until: 29), Script.run("r-1", "success"))
        #expect(script.runs(rows.0, rows.1).eventNames.isEmpty)
        script.wait(until: 32)
        #expect(script.runs(rows.0, rows.1).eventNames == ["RUN_FINISHED"])
    }

    @Test func aStreamThatIsBehindTheListStillReportsItsLastSteps() {
        var script = secondTurn()
        script.wait(until: 20)
        let row = Script.run("r-2", "success", at: 10, until: 19)
        let early = script.runs(row, Script.run("r-1", "success"))
        #expect(early.eventNames.isEmpty)
        #expect(early.snapshot?.runs.first?.state != .completed)
        #expect(script.asksFor(run: "r-2"))
        #expect(script.frames("updates {\"shelve\":{}}").eventNames == ["STEP_FINISHED shelve"])
        _ = script.frames(Script.done("r-2"))
        #expect(script.row(ofRun: "r-2", row).eventNames == ["RUN_FINISHED"])
    }

    @Test func aRunBetweenTwoListsIsToldWithItsOwnTimes() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.runs(Script.run("r-1", "success"))
        script.wait(until: 30)
        _ = script.list(Script.row("error", at: 25))
        let messages = script.runs(
            Script.run("r-2", "error", at: 20, until: 25), Script.run("r-1", "success"))
        #expect(messages.eventNames == ["RUN_STARTED", "RUN_ERROR"])
        let times = messages.eventJSON.compactMap { $0["timestamp"]?.integer }
        #expect(times == [20, 25].map { (Script.start + .seconds($0)).milliseconds })
        script.wait(until: 32)
        #expect(script.runs(Script.run("r-2", "error", at: 20, until: 25)).eventNames.isEmpty)
    }

    @Test func aRunThatBeganBeforeWeListenedHasItsAgeAndNoSilence() {
        var script = LangGraphScript()
        script.wait(until: 100)
        _ = script.list(Script.row("busy", at: 10))
        _ = script.open()
        #expect(script.runs(Script.run("r-1", "running", at: 10)).eventNames.isEmpty)
        script.wait(until: 103)
        let events = script.runs(Script.run("r-1", "running", at: 10)).eventJSON
        #expect(events.map { $0["type"]?.string } == ["RUN_STARTED", "STATE_SNAPSHOT"])
        #expect(
            events.compactMap { $0["timestamp"]?.integer } == [
                (Script.start + .seconds(10)).milliseconds, script.now.milliseconds,
            ])
    }

    @Test func theOldestRunningRunIsTheStreams() {
        var script = LangGraphScript()
        _ = script.list(Script.row("busy"))
        _ = script.runs(
            Script.run("r-3", "pending", at: 3), Script.run("r-2", "pending", at: 2),
            Script.run("r-1", "running", at: 1))
        let events = script.frames("tasks {\"id\":\"t\",\"name\":\"shelve\",\"input\":{}}").eventJSON
        #expect(events.last?["metadata"]?["run"]?.string == "r-1")
    }

    @Test func aQueuedRunWaitsAndIsNoOpenRun() {
        var script = LangGraphScript()
        _ = script.list(Script.row("busy", at: 5))
        let queued = script.runs(Script.run("r-1", "pending", at: 5)).snapshot
        #expect(queued?.sessions.map(\.state) == [.waiting])
        #expect(queued?.sessions.map(\.isQueued) == [true])
        #expect(queued?.sessions.first?.since == Script.start + .seconds(5))
        #expect(queued?.runs.isEmpty == true)
        script.wait(until: 9)
        let running = script.runs(Script.run("r-1", "running", at: 5))
        #expect(running.snapshot?.sessions.map(\.state) == [.running])
        // It began when it left the queue, and not when it was created.
        #expect(running.eventJSON.first?["timestamp"]?.integer == script.now.milliseconds)
    }

    @Test func aLongQueueDoesNotHideTheRunItWaitsFor() {
        var script = LangGraphScript()
        _ = script.list(Script.row("busy"))
        let queue = (1...20).reversed().map { Script.run("q-\($0)", "pending", at: $0) }
        _ = script.answer(
            "/threads/\(Script.thread)/runs?", "[\(queue.joined(separator: ","))]")
        let messages = script.answer(
            "/threads/\(Script.thread)/runs?", "[\(Script.run("r-0", "running"))]",
            where: { $0.path.contains("status=running") })
        #expect(messages.eventNames == ["RUN_STARTED"])
        #expect(messages.snapshot?.runs.map(\.id) == ["r-0"])
    }

    @Test(arguments: [
        ("{\"t\":[{\"value\":\"pay?\"}]}", "success", SessionRecord.State.waiting),
        ("{}", "interrupted", .idle), ("{\"t\":[]}", "interrupted", .idle),
        // A static breakpoint asks for nothing by name, and its run was a success.
        ("{}", "success", .waiting),
    ])
    func anInterruptedThreadWaitsUnlessItWasCancelled(
        _ interrupts: String, _ run: String, _ state: SessionRecord.State
    ) {
        var script = LangGraphScript()
        _ = script.list(Script.row("interrupted", interrupts: interrupts))
        script.wait(until: 2)
        _ = script.runs(Script.run("r-1", run))
        script.wait(until: 4)
        let snapshot = script.list(Script.row("interrupted", at: 1, interrupts: interrupts)).snapshot
        #expect(snapshot?.sessions.map(\.state) == [state])
    }

    @Test(arguments: [
        "updates {\"__interrupt__\":[{\"value\":\"pay?\"}]}",
        "values {\"messages\":[],\"__interrupt__\":[{\"value\":\"pay?\"}]}",
        "tasks {\"id\":\"t\",\"name\":\"pay\",\"error\":null,\"result\":{},\"interrupts\":[{\"value\":\"pay?\"}]}",
    ]) func aRunThatAsksAPersonEndsWithAnInterrupt(_ frame: String) {
        var script = secondTurn()
        _ = script.frames(frame, Script.done("r-2"))
        let messages = script.row(ofRun: "r-2", Script.run("r-2", "success", at: 10, until: 12))
        #expect(messages.eventJSON.last?["outcome"]?["type"]?.string == "interrupt")
        #expect(messages.snapshot?.sessions.map(\.state) == [.waiting])
        #expect(messages.snapshot?.sessions.map(\.isQueued) == [false])
    }

    @Test func aFailedThreadIsIdleAfterTheNextGoodRun() {
        var script = secondTurn()
        _ = script.frames(Script.done("r-2"))
        let failed = script.row(ofRun: "r-2", Script.run("r-2", "error", at: 10, until: 12)).snapshot
        #expect(failed?.sessions.map(\.state) == [.error])
        script.wait(until: 20)
        _ = script.frames(Script.began("r-3"), Script.done("r-3"))
        let good = script.row(ofRun: "r-3", Script.run("r-3", "success", at: 20, until: 20)).snapshot
        #expect(good?.sessions.map(\.state) == [.idle])
    }

    @Test func theUserOfARunIsItsThreads() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle", metadata: "{\"graph_id\":\"clerk\"}"))
        let kwargs = "{\"config\":{\"configurable\":{\"langgraph_auth_user_id\":\"bea\"}}}"
        let snapshot = script.runs(Script.run("r-1", "success", kwargs: kwargs)).snapshot
        #expect(snapshot?.sessions.map(\.user) == ["bea"])
        #expect(snapshot?.runs.map(\.user) == ["bea"])
        script.wait(until: 5)
        // A session keeps the user that it was first told with.
        _ = script.list(Script.row("busy", at: 5, metadata: "{\"owner\":\"desk-2\"}"))
        let later = script.runs(Script.run("r-2", "success", at: 5), Script.run("r-1", "success"))
        #expect(later.snapshot?.sessions.map(\.user) == ["bea"])
    }

    @Test(arguments: ["1970-01-01T00:00:00+00:00", "2031-01-01T00:00:00+00:00"])
    func aTimeThatCannotBeMeantIsNone(_ time: String) {
        var script = LangGraphScript()
        let row = Script.row("idle").replacing(Script.time(0), with: time)
        #expect(script.list(row).snapshot?.sessions.map(\.lastEventAt) == [nil])
    }
}
