import AsyncHTTPClient
import ContextMonitor
import NIOCore
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// A token opens what is its user's and nothing else, whatever ids somebody guesses or has overheard.
@Suite(.timeLimit(.minutes(2))) struct OwnershipTests {
    private func request(
        _ backend: RunningBackend, _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil,
        token: String
    ) async throws -> (status: UInt, body: JSONValue) {
        var request = HTTPClientRequest(url: backend.base + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer " + token)
        // The name of another user beside one's own token is only words.
        request.headers.add(name: "X-Ctxtop-User", value: "ada")
        if let body { request.body = .bytes(body.serialized) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let buffer = try await response.body.collect(upTo: 1 << 22)
        return (response.status.code, (try? JSONParser.parse(Array(buffer.readableBytesView))) ?? .null)
    }

    @Test func aTokenReachesOnlyWhatIsItsUsers() async throws {
        try await RunningBackend.with {
            $0.users = .tokens(["token-a": "ada", "token-b": "bob"])
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let hub = backend.server.backend.hub
            _ = try await hub.open("ada-s", user: "ada", on: .http, request: nil, connection: nil)
            _ = try await hub.start("go", run: "ada-r", in: "ada-s", user: "ada", on: .http)
            let job = try await request(backend, .POST, "/v1/jobs", ["prompt": "go"], token: "token-a")
            let id = try #require(job.body["id"]?.string)
            let jobRun = try #require(job.body["run"]?.string)
            let routes: [(HTTPMethod, String)] = [
                (.GET, "/v1/sessions/ada-s"), (.GET, "/v1/sessions/ada-s/events?after="),
                (.GET, "/v1/sessions/\(id)"), (.GET, "/v1/sessions/\(id)/events"),
                (.GET, "/v1/runs/ada-r"), (.GET, "/v1/runs/ada-r/events"), (.DELETE, "/v1/runs/ada-r"),
                (.GET, "/v1/runs/\(jobRun)"), (.DELETE, "/v1/runs/\(jobRun)"), (.GET, "/v1/jobs/\(id)"),
                (.DELETE, "/v1/jobs/\(id)"), (.GET, "/v1/sessions/ada-s%2F..%2F"),
            ]
            for (method, route) in routes {
                let stolen = try await request(backend, method, route, token: "token-b")
                let made = try await request(
                    backend, method, route.replacing("ada", with: "eve"), token: "token-b")
                #expect(stolen.status == 404, "\(method) \(route)")
                // What exists and is another's answers as what does not exist.
                #expect(stolen.body["detail"] == made.body["detail"], "\(method) \(route)")
                #expect(try await request(backend, method, route, token: "guessed").status == 401)
            }
            let counted = try await request(backend, .GET, "/v1/sessions", token: "token-b")
            #expect(counted.body["sessions"]?.array?.isEmpty == true)
            let own = try await request(backend, .GET, "/v1/sessions", token: "token-a")
            #expect(own.body["sessions"]?.array?.count == 2)
            // Nothing of what was tried has changed anything.
            let runs = backend.monitor.snapshot().runs
            #expect(runs.count == 2 && runs.allSatisfy { $0.state == .open && $0.user == "ada" })
        }
    }

    @Test func aSwappedTokenResumesAndCancelsNothing() async throws {
        try await RunningBackend.with {
            $0.users = .tokens(["token-a": "ada", "token-b": "bob"])
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let hub = backend.server.backend.hub
            _ = try await hub.open("s", user: "ada", on: .websocket, request: nil, connection: "lost")
            _ = try await hub.start("go", run: "r", in: "s", user: "ada", on: .websocket)
            await hub.release(Owned("s", of: "ada"), from: "lost", isFinal: false)
            let thief = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "ada", token: "token-b"))
            for (method, parameters) in [
                ("session.resume", ["session": "s"]),
                ("session.resume", ["session": "s", "after": ""]), ("run.cancel", ["run": "r"]),
                ("run.start", ["session": "s", "prompt": "go"]),
            ] as [(String, JSONObject)] {
                do throws(ChatError) {
                    _ = try await thief.ask(method, parameters)
                    Issue.record("\(method) reached another user's session")
                } catch {
                    guard case .refused(let words) = error else { throw error }
                    #expect(words == "you have no session or run of that id")
                }
            }
            await thief.close()
            #expect(backend.monitor.snapshot().runs.map(\.state) == [.open])
            let owner = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "bob", token: "token-a"))
            _ = try await owner.ask("session.resume", ["session": "s"])
            #expect(await owner.nextEvent()?["type"] == "RUN_STARTED")
            _ = try await owner.ask("run.cancel", ["run": "r"])
            await owner.close()
        }
    }

    @Test func whatTheLogHasForgottenIsCountedForWhoeverComesBack() async throws {
        try await RunningBackend.with { backend in
            let hub = backend.server.backend.hub
            let session = try await hub.open(
                "s", user: "ada", on: .websocket, request: nil, connection: nil)
            let (run, end) = try await hub.start("1+1", run: nil, in: "s", user: "ada", on: .websocket)
            _ = await end.value
            let first = try #require(session.log.batch(after: 0, limit: 1).events.first).id
            var metadata = EventMetadata()
            metadata.user = "ada"
            metadata.session = "s"
            let before = session.log.newest
            for _ in 0..<SessionEventLog.limit {
                session.log.append(backend.monitor.publish(.raw, ["event": 1], about: metadata))
            }
            let words = "that is not held any more; \(before) events of this session are gone"
            for route in ["/v1/sessions/s/events?after=\(first)", "/v1/runs/\(run)/events"] {
                let answer = try await backend.get(route, as: "ada")
                #expect(answer.status == 410)
                #expect(answer.body["detail"]?.string == words)
                #expect(answer.body["snapshot"] == "/v1/sessions/s")
            }
            let chat = try await WebSocketChat(
                host: "127.0.0.1", port: backend.port, as: Visitor(name: "ada"))
            do throws(ChatError) {
                _ = try await chat.ask("session.resume", ["session": "s", "after": .string(first)])
                Issue.record("resumed after what is gone")
            } catch {
                guard case .refused(let words) = error else { throw error }
                #expect(words == "that point is not held any more; \(before) events are gone")
            }
            await chat.close()
        }
    }
}
