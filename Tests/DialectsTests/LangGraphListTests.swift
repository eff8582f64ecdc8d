import Testing
import WireProtocol

@testable import Dialects

/// What is read of a LangGraph Server's lists, and what is said where they cannot be read.
@Suite struct LangGraphListTests {
    private typealias Script = LangGraphScript

    private static func page(_ range: Range<Int>, _ status: String = "idle") -> String {
        "[" + range.map { Script.row(status, id: "t-\($0)") }.joined(separator: ",") + "]"
    }

    private func outcome(_ messages: [Message]) -> ReadOutcome? {
        messages.lazy.compactMap { if case .read(let outcome) = $0 { outcome } else { nil } }.last
    }

    private func listed(_ messages: [Message]) -> Coverage.Listed? {
        messages.lazy.compactMap {
            if case .dialect(_, let coverage) = $0 { coverage.listed[.sessions] } else { nil }
        }.last
    }

    @Test(arguments: [401, 403]) func aRefusedListIsSaidWithWhatToDo(_ status: Int) {
        var script = LangGraphScript()
        let messages = script.answer("/threads/search", "{\"detail\":\"no such key\"}", status: status)
        let failure = outcome(messages)
        #expect(failure?.part == .sessions)
        #expect(failure?.address == "POST /threads/search")
        #expect(failure?.failure?.hasPrefix("HTTP \(status) (no such key)") == true)
        #expect(failure?.failure?.contains("--token-file FILE") == true)
        #expect(messages.snapshot == nil)
        #expect(outcome(script.list(Script.row("idle")))?.failure == .some(nil))
    }

    @Test func anUndecodableListIsAFailure() {
        var script = LangGraphScript()
        #expect(outcome(script.answer("/threads/search", "<html>"))?.failure == "the answer is not JSON")
        #expect(outcome(script.answer("/threads/search", "{}"))?.failure == "the answer is not a list")
    }

    @Test func aServerThatIsAwayForAMomentIsNoFailureOfItsList() throws {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        let request = try #require(script.reader.requests.first { $0.path == "/threads/search" })
        for count in 1...3 {
            let messages = script.reader.take(.failed(request, reason: "refused"), at: script.now)
            #expect((outcome(messages)?.failure == "refused") == (count == 3))
        }
        var fresh = LangGraphScript()
        #expect(
            outcome(fresh.reader.take(.failed(request, reason: "refused"), at: fresh.now))?.failure != nil)
    }

    @Test func threadsBehindAMountPrefixAreSaidToBeElsewhere() {
        var script = LangGraphScript()
        let messages = script.answer("/threads/search", "{\"detail\":\"Not Found\"}", status: 404)
        #expect(outcome(messages)?.failure?.contains("mount_prefix") == true)
        var sighting = Sighting(
            path: "/ok",
            health: HealthAnswerDocument(
                status: 200, contentType: "application/json", body: Array("{\"ok\":true}".utf8)))
        sighting.probes["/metrics"] = HealthAnswerDocument(
            status: 200, contentType: "text/plain", body: Array("lg_api_workers_max 1.0\n".utf8))
        #expect(Dialect.recognizing(sighting).name == "langgraph")
    }

    @Test func theListIsReadToItsEndInPages() {
        var script = LangGraphScript()
        _ = script.answer("/threads/count", "720")
        #expect(listed(script.answer("/threads/search", Self.page(0..<200)))?.words == "200 of 720")
        let second = script.answer(
            "/threads/search", Self.page(200..<700), where: { $0.rhythm == .once })
        #expect(listed(second)?.words == "700 of 720")
        let third = script.answer(
            "/threads/search", Self.page(700..<720),
            where: { $0.body?["offset"]?.integer == 700 })
        #expect(third.snapshot?.sessions.count == 720)
        #expect(third.contains { if case .dialect(_, let now) = $0 { now.listed.isEmpty } else { false } })
    }

    @Test func whatMattersIsAskedForWhereThePageIsShort() {
        var script = LangGraphScript()
        _ = script.answer("/threads/search", Self.page(0..<10))
        #expect(!script.reader.requests.contains { $0.body?["status"] != nil })
        _ = script.answer("/threads/search", Self.page(0..<200))
        let states = script.reader.requests.compactMap { $0.body?["status"]?.string }
        #expect(states == ["busy", "interrupted", "error"])
        let messages = script.answer(
            "/threads/search",
            "[\(Script.row("interrupted", id: "t-900", interrupts: "{\"x\":[{\"value\":\"pay?\"}]}"))]",
            where: { $0.body?["status"]?.string == "interrupted" })
        #expect(messages.snapshot?.sessions.contains { $0.id == "t-900" && $0.state == .waiting } == true)
    }

    @Test func aThreadThatTwoWalksDoNotMeetIsGone() {
        var script = LangGraphScript()
        var counts: [Int?] = []
        for walk in 0..<3 {
            script.wait(until: walk * 60)
            let end = walk == 0 ? 220 : 219
            _ = script.answer("/threads/search", Self.page(0..<200))
            let last = script.answer(
                "/threads/search", Self.page(200..<end), where: { $0.rhythm == .once })
            counts.append(last.snapshot?.sessions.count)
        }
        #expect(counts == [220, nil, 219])
    }

    @Test func aDeletedThreadTakesItsRunWithItAsACancel() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.open()
        _ = script.frames(Script.began("r-1"))
        script.wait(until: 5)
        let messages = script.list()
        #expect(messages.eventJSON.last?["outcome"]?["reason"]?.string == "its thread was deleted")
        #expect(messages.snapshot?.sessions.isEmpty == true)
    }

    @Test func aThreadThatIsGoneAfterAnOutageWasNotDeleted() throws {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.open()
        _ = script.frames(Script.began("r-1"))
        let request = try #require(script.reader.requests.first { $0.path == "/threads/search" })
        _ = script.reader.take(.failed(request, reason: "refused"), at: script.now)
        script.wait(until: 5)
        #expect(script.list().eventNames.isEmpty)
    }

    @Test func aThreadWhoseRunsAreNotFoundIsForgotten() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        let messages = script.answer(
            "/threads/\(Script.thread)/runs?", "{\"detail\":\"Thread not found\"}", status: 404)
        #expect(messages.snapshot?.sessions.isEmpty == true)
        #expect(outcome(messages) == nil)
    }

    @Test func aStreamThatIsRefusedIsSaid() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        #expect(outcome(script.breakStream("HTTP 403"))?.address == "GET /threads/ID/stream")
        #expect(outcome(script.open())?.failure == .some(nil))
        #expect(outcome(script.breakStream("the stream ended")) == nil)
    }

    @Test func busyThreadsAreFollowedBeforeThoseThatChangedLast() {
        var script = LangGraphScript()
        let rows = Self.page(0..<100).dropLast() + "," + Script.row("busy", id: "t-busy") + "]"
        _ = script.answer("/threads/search", String(rows))
        let streams = script.reader.requests.filter { $0.rhythm == .stream }.map(\.path)
        #expect(streams.first == "/threads/t-busy/stream")
        #expect(streams.count == LangGraphReader.maximumStreams)
    }

    @Test func rowsWithoutAnIdAreMissingInTheList() {
        var script = LangGraphScript()
        let whole = Script.row("idle", id: "t-1")
        let first = script.answer("/threads/search", "[\(whole),{\"status\":\"busy\"},{\"thread_id\":\"\"}]")
        #expect(listed(first) == .init(read: 1, total: 3, missesUrgent: true))
        // A total of the server's own may count them or not.
        #expect(listed(script.answer("/threads/count", "9")) == .init(read: 1, total: 9, missesUrgent: true))
        let coverage = script.answer("/threads/count", "1").coverage
        #expect(coverage?.partialLists == ["sessions: 1 of 3 read"])
        let mended = script.answer("/threads/search", "[\(whole)]").coverage
        #expect(mended?.listed.isEmpty == true)
    }

    @Test func runsWithoutAnIdAreMissingInTheirList() {
        var script = LangGraphScript()
        _ = script.list(Script.row("busy", at: 5))
        let coverage = script.runs(Script.run("r-1", "running", at: 5), "{\"status\":\"running\"}").coverage
        #expect(coverage?.partialLists == ["runs: 1 of 2 read"])
        #expect(script.runs(Script.run("r-1", "running", at: 5)).coverage?.listed.isEmpty == true)
    }
}
