import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// What `/contexts/{id}` tells of one user context, while it lives and after.
@Suite(.timeLimit(.minutes(2))) struct ContextTrailTests {
    private func document(_ backend: RunningBackend, _ id: ContextID) async throws -> JSONValue {
        try await backend.get("/monitor/v1/contexts/\(id)").body
    }

    private func deeds(_ document: JSONValue) -> [String] {
        (document["audit"]?.array ?? []).map { "\($0["who"]?.string ?? "?"): \($0["what"]?.string ?? "?")" }
    }

    @Test func aContextsTrailTellsItsWholeLife() async throws {
        try await RunningBackend.with {
            $0.permissions.restrict("ada", to: ["notes"])
        } _: { backend in
            let prompt = try #require(PromptsWithoutClock.three(backend).first)
            var user = backend.user(on: .http, named: "ada")
            #expect(await user.work(prompt) == .completed)
            let context = try #require(backend.monitor.snapshot().contexts.first)
            let live = try await document(backend, context.id)
            #expect(live["tools"]?.array?.contains { $0["name"] == "notes" && $0["calls"] == 0 } == true)
            #expect(live["ended"] == nil)
            let dispatcher = try #require(
                context.dispatcher ?? live["dispatcher"]?.string.map { .init(rawValue: $0) })
            _ = try await backend.send(.POST, "/monitor/v1/dispatchers/\(dispatcher)/dispose", nil, as: nil)
            let session = try #require(context.session)
            _ = try await backend.send(.POST, "/monitor/v1/sessions/\(session)/terminate", nil, as: nil)
            let ended = try await document(backend, context.id)
            #expect(ended["ended"]?["reason"] == "terminated by loopback")
            let deeds = deeds(ended)
            #expect(deeds.first == "ada: created")
            for deed in [
                "ada: run started", "ada: call refused", "ada: run ended: success",
                "loopback: dispatcher disposed", "loopback: session terminated",
            ] { #expect(deeds.contains(deed), "\(deed) is missing") }
            #expect(deeds.last == "server: disposed")
            let moves = (ended["audit"]?.array ?? []).compactMap { $0["to"]?.string }
            #expect(moves.starts(with: ["requested", "initializing", "active"]))
            #expect(moves.last == "disposed")
            let rows = ended["audit"]?.array ?? []
            #expect(rows.allSatisfy { $0["at"]?.string.flatMap { Timestamp(rfc3339: $0) } != nil })
            await user.leave()
        }
    }

    @Test func aRefusedMessageIsInTheTrail() async throws {
        try await RunningBackend.with { backend in
            var user = backend.user(on: .http, named: "ada")
            #expect(await user.work("1+1") == .completed)
            let answer = try await backend.send(
                .POST, "/v1/agents/assistant/ag-ui",
                [
                    "threadId": "thread-ada", "messages": [],
                    "resume": [["interruptId": "made-up", "status": "resolved"]],
                ], as: "ada")
            #expect(answer.status == 409)
            let context = try #require(backend.monitor.snapshot().contexts.first)
            #expect(deeds(try await document(backend, context.id)).contains("ada: run refused"))
            await user.leave()
        }
    }

    @Test func aJobOfASessionInheritsItsUserAndEndsWithIt() async throws {
        try await RunningBackend.with {
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let hub = backend.server.backend.hub
            let parent = try await hub.open("s", user: "ada", on: .http, request: nil, connection: nil)
            let body: JSONValue = ["prompt": "go", "parent": "s"]
            #expect(try await backend.send(.POST, "/v1/jobs", body, as: "bob").status == 404)
            let job = try await backend.send(.POST, "/v1/jobs", body, as: "ada")
            #expect(job.status == 202)
            let id = job.body["id"]?.string ?? ""
            let child = try #require(
                backend.monitor.snapshot().contexts.first { $0.session?.rawValue == id })
            #expect(child.user == "ada")
            #expect(try #require(child.deadline) <= #require(parent.context.deadline))
            let documents = (
                child: try await document(backend, child.id),
                parent: try await document(backend, parent.context.id)
            )
            #expect(documents.child["parent"]?.string == parent.context.id.rawValue)
            #expect(documents.parent["children"]?.array == [.string(child.id.rawValue)])
            #expect(deeds(documents.parent).contains("ada: child created"))
            // An idle parent is not swept away under work that goes on.
            await hub.sweep(.http, idleFor: .seconds(-1))
            #expect(backend.monitor.snapshot().contexts.count == 2)
            await hub.end(Owned("s", of: "ada"), reason: "closed")
            #expect(backend.monitor.snapshot().contexts.isEmpty)
            #expect(await hub.children.isEmpty)
            let reason = try await document(backend, child.id)["ended"]?["reason"]
            #expect(reason == "its parent s ended: closed")
            #expect(
                await eventually {
                    (try? await backend.get("/v1/jobs/\(id)", as: "ada"))?.body["state"] == "cancelled"
                })
        }
    }
}
