import AsyncHTTPClient
@testable import Backend
@testable import ContextMonitor
import NIOCore
import NIOHTTP1
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

/// Coming back over real sockets: to a session by WebSocket, to a run by HTTP.
@Suite struct ResumeTests {
    private func chat(_ backend: RunningBackend, as name: String = "ada") async throws -> WebSocketChat {
        try await WebSocketChat(host: "127.0.0.1", port: backend.port, as: Visitor(name: name))
    }

    private func sessionState(_ backend: RunningBackend) -> SessionRecord.State? {
        backend.monitor.snapshot().sessions.first?.state
    }

    @Test func aLostConnectionsSessionIsResumedWithoutLossOrRepetition() async throws {
        try await RunningBackend.with { backend in
            let first = try await chat(backend)
            #expect(try await first.run("one") == .completed)
            let session = JSONValue.string(first.session)
            let log = try await backend.server.backend.hub.find(.init(rawValue: first.session), user: "ada")
                .log
            let all = log.batch(after: 0).events.map(\.id)
            await first.abort()
            let hub = backend.server.backend.hub
            #expect(await eventually { await hub.all(of: "ada").first?.grace != nil })
            let second = try await chat(backend)
            _ = try await second.ask("session.resume", ["session": session, "after": .string(all[1])])
            for id in all.dropFirst(2) {
                #expect(await second.nextEvent()?["metadata"]?["id"]?.string == id)
            }
            let answer = try await second.ask("run.start", ["session": session, "prompt": "two"])
            #expect(await second.nextEvent()?["metadata"]?["run"] == answer["run"])
            await second.close()
            #expect(await eventually { sessionState(backend) == .ended })
        }
    }

    @Test func withoutAGraceTheSessionEndsWithItsConnection() async throws {
        try await RunningBackend.with {
            $0.resumeGrace = .zero
        } _: { backend in
            let first = try await chat(backend)
            #expect(try await first.run("one") == .completed)
            await first.abort()
            #expect(await eventually { sessionState(backend) == .ended })
        }
    }

    @Test func theGraceEndsASessionThatNobodyResumes() async throws {
        try await RunningBackend.with {
            $0.resumeGrace = .milliseconds(20)
        } _: { backend in
            let first = try await chat(backend)
            #expect(try await first.run("one") == .completed)
            await first.abort()
            #expect(await eventually { sessionState(backend) == .ended })
        }
    }

    @Test func whatCannotBeResumedIsRefusedInWords() async throws {
        try await RunningBackend.with { backend in
            let ada = try await chat(backend)
            #expect(try await ada.run("one") == .completed)
            let bob = try await chat(backend, as: "bob")
            #expect(await backend.work(on: .http, as: "bob", "go") == .completed)
            for (method, session, after, words) in [
                ("session.resume", ada.session, nil, "you have no session or run of that id"),
                ("session.resume", "thread-bob", nil, "the session of that id belongs to the path http"),
                ("run.start", "thread-bob", nil, "the session of that id belongs to the path http"),
            ] as [(String, String, String?, String)] {
                var parameters: JSONObject = ["session": .string(session), "prompt": "go"]
                parameters.set("after", after)
                #expect(await refusal(bob, method, parameters) == words)
            }
            let stale: JSONObject = ["session": .string(ada.session), "after": "EARLIER-7"]
            #expect(
                await refusal(ada, "session.resume", stale)
                    == "that point is not held any more; 0 events are gone")
            // Bob's connection ends nothing that is not his.
            await bob.close()
            #expect(try await ada.run("two") == .completed)
            await ada.close()
        }
    }

    private func refusal(_ chat: WebSocketChat, _ method: String, _ parameters: JSONObject) async -> String? {
        do throws(ChatError) {
            _ = try await chat.ask(method, parameters)
            return nil
        } catch {
            if case .refused(let words) = error { return words }
            return "lost"
        }
    }

    @Test func aRunThatHasEndedIsReplayedThenNothing() async throws {
        try await RunningBackend.with { backend in
            let prompts = PromptsWithoutClock.three(backend)
            var user = backend.user(on: .http, named: "ada")
            for prompt in prompts { #expect(await user.work(prompt) == .completed) }
            let run = try #require(backend.monitor.snapshot().runs.dropFirst().first?.id)
            #expect(
                try await eventually {
                    try await backend.get("/v1/runs/\(run)", as: "ada").body["state"]?.string == "completed"
                })
            #expect(try await backend.get("/v1/runs/\(run)", as: "bob").status == 404)
            let (status, text) = try await backend.text("/v1/runs/\(run)/events", as: "ada")
            #expect(status == 200)
            let lines = text.split(separator: "\n")
            let ids = lines.filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
            let events = lines.filter { $0.hasPrefix("data: ") }
            #expect(events.first?.contains("RUN_STARTED") == true)
            #expect(events.last?.contains("RUN_FINISHED") == true)
            #expect(events.allSatisfy { $0.contains(run.rawValue) })
            let middle = try await backend.text("/v1/runs/\(run)/events?after=\(ids[2])", as: "ada")
            #expect(middle.text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.count == ids.count - 3)
            let last = try #require(ids.last)
            #expect(try await backend.get("/v1/runs/\(run)/events?after=\(last)", as: "ada").status == 204)
            #expect(try await backend.get("/v1/runs/\(run)/events?after=GONE-1", as: "ada").status == 410)
        }
    }

    @Test func whatAnEndedSessionSaidIsReadByWhoeverWasAway() async throws {
        try await RunningBackend.with { backend in
            #expect(await backend.work(on: .background, as: "ada", "1+1") == .completed)
            #expect(await eventually { sessionState(backend) == .ended })
            let id = try #require(backend.monitor.snapshot().sessions.first?.id)
            let run = try #require(backend.monitor.snapshot().runs.first?.id)
            let (status, text) = try await backend.text("/v1/sessions/\(id)/events", as: "ada")
            #expect(status == 200 && text.contains("RUN_STARTED") && text.contains("RUN_FINISHED"))
            let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { $0.dropFirst(4) }
            let rest = try await backend.text("/v1/sessions/\(id)/events?after=\(ids[1])", as: "ada")
            #expect(rest.text.split(separator: "\n").count { $0.hasPrefix("id: ") } == ids.count - 2)
            let last = try #require(ids.last)
            for route in ["/v1/sessions/\(id)/events", "/v1/runs/\(run)/events"] {
                #expect(try await backend.text(route + "?after=\(last)", as: "ada").status == 204)
                #expect(try await backend.text(route, as: "bob").status == 404)
            }
            #expect(try await backend.get("/v1/runs/\(run)", as: "ada").body["state"] == "completed")
            #expect(try await backend.get("/v1/sessions/\(id)", as: "ada").body["ended"] == true)
            #expect(try await backend.get("/v1/sessions", as: "ada").body["sessions"] == [])
        }
    }

    @Test func endedSessionsAreKeptUntilTheirEventsAreTooMany() throws {
        var ended = EndedSessions()
        for number in 0..<30 {
            let log = SessionEventLog()
            let event = PublishedEvent(id: "e", type: .raw, run: nil, line: [])
            for _ in 0..<SessionEventLog.limit { log.append(event) }
            let id = SessionID(rawValue: "s\(number)")
            let context = ContextRecord(id: ContextID(rawValue: "c"))
            ended.append(
                Session(
                    id: id, user: "ada", path: .http, context: context, log: log,
                    lastUsedAt: Timestamp(milliseconds: 0)))
        }
        #expect(ended.events == EndedSessions.eventLimit)
        #expect(["s4", "s5", "s29"].map { ended[Owned($0, of: "ada")] != nil } == [false, true, true])
        ended.forget(Owned("s29", of: "ada"))
        #expect(ended.events == EndedSessions.eventLimit - SessionEventLog.limit)
    }

    @Test func whatOneUserLeavesBehindForgetsNothingOfAnothers() {
        func session(_ id: String, of user: UserID, events: Int) -> Session {
            let log = SessionEventLog()
            for _ in 0..<events { log.append(PublishedEvent(id: "e", type: .raw, run: nil, line: [])) }
            return Session(
                id: SessionID(rawValue: id), user: user, path: .http,
                context: ContextRecord(id: ContextID(rawValue: "c")), log: log,
                lastUsedAt: Timestamp(milliseconds: 0))
        }
        // By their number, and by their events.
        for (count, events) in [(EndedSessions.limit + 5, 1), (30, SessionEventLog.limit)] {
            var ended = EndedSessions()
            ended.append(session("s", of: "ada", events: 10))
            for number in 0..<count { ended.append(session("\(number)", of: "bob", events: events)) }
            #expect(ended[Owned("s", of: "ada")] != nil)
            #expect(ended[Owned("0", of: "bob")] == nil)
            #expect(ended[Owned(SessionID(rawValue: "\(count - 1)"), of: "bob")] != nil)
            #expect(ended.events <= EndedSessions.eventLimit)
        }
    }

    @Test func noTwoRunsShareTheIdOfAMessageOrCall() async throws {
        try await RunningBackend.with { backend in
            let prompt = try #require(PromptsWithoutClock.three(backend).first)
            for _ in 0..<2 { #expect(await backend.work(on: .http, prompt) == .completed) }
            var runsByID: [String: Set<String>] = [:]
            for line in backend.monitor.ringLines() {
                let event = try JSONParser.parse(line)
                guard let run = event["metadata"]?["run"]?.string else { continue }
                for name in ["messageId", "toolCallId"] {
                    if let id = event[name]?.string { runsByID[id, default: []].insert(run) }
                }
            }
            #expect(runsByID.count >= 8)
            #expect(runsByID.allSatisfy { $0.value.count == 1 })
        }
    }
}
