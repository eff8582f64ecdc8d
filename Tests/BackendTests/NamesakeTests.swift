import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// Two users who call their sessions and runs by the same names; AG-UI clients choose both.
@Suite(.timeLimit(.minutes(2))) struct NamesakeTests {
    private static let slow = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
    private static let run = "/v1/agents/assistant/ag-ui"

    private func answer(_ backend: RunningBackend, _ route: String, as user: String) async throws -> JSONValue
    {
        let answer = try await backend.get(route, as: user)
        #expect(answer.status == 200, "\(route) as \(user)")
        return answer.body
    }

    /// The users that a stream of events names.
    private func users(_ backend: RunningBackend, _ route: String, as user: String) async throws -> Set<
        String
    > {
        let lines = try await backend.text(route, as: user).text.split(separator: "\n")
        let events = lines.filter { $0.hasPrefix("data: ") }.compactMap {
            try? JSONParser.parse($0.dropFirst(6).utf8)
        }
        return Set(events.compactMap { $0["metadata"]?["user"]?.string })
    }

    @Test func eachLookUpFindsTheUsersOwn() async throws {
        try await RunningBackend.with { backend in
            for user in ["ada", "bob"] {
                let body: JSONValue = ["threadId": "t", "runId": "r", "prompt": "1+1"]
                #expect(try await backend.text(Self.run, as: user, method: .POST, body).status == 200)
            }
            var contexts: Set<String> = []
            for user in ["ada", "bob"] {
                let session = try await answer(backend, "/v1/sessions/t", as: user)
                contexts.insert(session["context"]?.string ?? "")
                let all = try await answer(backend, "/v1/sessions", as: user)["sessions"]?.array ?? []
                #expect(all.map { $0["context"] } == [session["context"]])
                #expect(try await answer(backend, "/v1/runs/r", as: user)["state"] == "completed")
                #expect(try await users(backend, "/v1/runs/r/events", as: user) == [user])
            }
            #expect(contexts.count == 2)
            for route in ["/v1/sessions/t", "/v1/sessions/t/events", "/v1/runs/r", "/v1/runs/r/events"] {
                #expect(try await backend.get(route, as: "eve").status == 404)
            }
            #expect(backend.monitor.snapshot().runs.map(\.grammar) == [.ok, .ok])
            // An event id is a place in its own session only.
            let hub = backend.server.backend.hub
            let adas = try #require(
                try await hub.find("t", user: "ada").log.batch(after: 0, limit: 1).events.first)
            let answer = try await backend.get("/v1/sessions/t/events?after=\(adas.id)", as: "bob")
            #expect(answer.status == 410)
        }
    }

    @Test func whatOneUserCancelsGoesOnForTheOther() async throws {
        try await RunningBackend.with {
            $0.pace = Self.slow
        } _: { backend in
            let hub = backend.server.backend.hub
            for user in ["ada", "bob"] as [UserID] {
                _ = try await hub.open("t", user: user, on: .http, request: nil, connection: nil)
                _ = try await hub.start("go", run: "r", in: "t", user: user, on: .http)
            }
            #expect(try await backend.send(.DELETE, "/v1/runs/r", nil, as: "bob").status == 202)
            #expect(
                await eventually {
                    (try? await backend.get("/v1/runs/r", as: "bob"))?.body["state"] == "cancelled"
                })
            #expect(try await answer(backend, "/v1/runs/r", as: "ada")["state"] == "running")
            await hub.end(Owned("t", of: "bob"), reason: "closed")
            let open = backend.monitor.snapshot().runs.filter { $0.state == .open }
            #expect(open.map(\.user) == ["ada"])
            #expect(backend.monitor.snapshot().contexts.map(\.user) == ["ada"])
            #expect(try await backend.get("/v1/sessions/t", as: "ada").body["ended"] == false)
        }
    }

    @Test func aTakenNameIsFreeForEveryOtherUser() async throws {
        try await RunningBackend.with { backend in
            let squatter = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "bob"))
            for id in ["t", "u"] { _ = try await squatter.ask("session.open", ["session": .string(id)]) }
            let body: JSONValue = ["threadId": "t", "runId": "r", "prompt": "1+1"]
            #expect(try await backend.text(Self.run, as: "ada", method: .POST, body).status == 200)
            // Ended, it stays readable, also after another user has opened and ended one of that name.
            await backend.server.backend.hub.end(Owned("t", of: "ada"), reason: "closed")
            await squatter.close()
            #expect(await eventually { await backend.server.backend.hub.all(of: "bob").isEmpty })
            #expect(try await users(backend, "/v1/sessions/t/events", as: "ada") == ["ada"])
            #expect(try await answer(backend, "/v1/runs/r", as: "ada")["state"] == "completed")
            // The same user may use both names again, on another path too.
            let chat = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "ada"))
            _ = try await chat.ask("session.open", ["session": "t"])
            _ = try await chat.ask("run.start", ["session": "t", "runId": "r", "prompt": "1+1"])
            #expect(
                await eventually {
                    (try? await backend.get("/v1/runs/r", as: "ada"))?.body["state"] == "completed"
                })
            await chat.close()
            #expect(backend.monitor.snapshot().runs.allSatisfy { $0.grammar == .ok })
        }
    }

    @Test func aConnectionResumesAndCancelsItsOwnUsers() async throws {
        try await RunningBackend.with {
            $0.pace = Self.slow
        } _: { backend in
            let hub = backend.server.backend.hub
            for user in ["ada", "bob"] as [UserID] {
                _ = try await hub.open("t", user: user, on: .websocket, request: nil, connection: "lost")
                _ = try await hub.start("go", run: "r", in: "t", user: user, on: .websocket)
                await hub.release(Owned("t", of: user), from: "lost", isFinal: false)
            }
            let bob = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "bob"))
            _ = try await bob.ask("session.resume", ["session": "t"])
            #expect(await bob.nextEvent()?["metadata"]?["user"] == "bob")
            _ = try await bob.ask("run.cancel", ["run": "r"])
            #expect(
                await eventually { backend.monitor.snapshot().runs.contains { $0.state == .cancelled } })
            await bob.close()
            #expect(await eventually { await hub.all(of: "bob").isEmpty })
            #expect(try await hub.find("t", user: "ada").runs["r"] != nil)
            #expect(try await hub.find("t", user: "ada").grace != nil)
        }
    }

    @Test func jobsOfTwoUsersMayHaveRunsOfTheSameName() async throws {
        try await RunningBackend.with {
            $0.pace = Self.slow
        } _: { backend in
            var ids: [String: String] = [:]
            for user in ["ada", "bob"] {
                let job = try await backend.send(.POST, "/v1/jobs", ["prompt": "go", "runId": "r"], as: user)
                #expect(job.status == 202)
                ids[user] = job.body["id"]?.string
            }
            let bobs = try #require(ids["bob"])
            #expect(try await backend.send(.DELETE, "/v1/jobs/\(bobs)", nil, as: "ada").status == 404)
            #expect(
                try await backend.send(.DELETE, "/v1/jobs/\(bobs)", nil, as: "bob").body["state"]
                    == "cancelled")
            #expect(try await answer(backend, "/v1/runs/r", as: "ada")["state"] == "running")
        }
    }
}
