import ContextMonitor
import Dispatch
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// Tools that misbehave while others work: only the run that called them is hurt.
@Suite(.timeLimit(.minutes(2))) struct BadToolTests {
    /// A prompt whose plan calls that tool first, and never one that is to be avoided.
    private func prompt(calling tool: String, avoiding: String? = nil, seed: UInt64) throws -> String {
        let agent = ScriptedAgent(pace: .immediate, seed: seed)
        return try #require(
            (0..<5000).lazy.map { "ask \($0)" }.first { prompt in
                let tools = agent.plan(for: prompt).map(\.tool)
                return tools.first == tool && !tools.contains { $0 == avoiding }
            })
    }

    private func results(_ backend: RunningBackend, _ name: String) async throws -> [String] {
        let log = try await backend.server.backend.hub.find(
            SessionID(rawValue: "thread-" + name), user: UserID(rawValue: name)
        ).log
        return try log.batch(after: 0, limit: 1000).events.filter { $0.type == .toolCallResult }.map {
            try JSONParser.parse($0.line)["content"]?.string ?? ""
        }
    }

    @Test(
        arguments: [
            (BadSearch.Deed.hangs, "no result after"), (.blocks, "no result after"),
            (.throws, "the index is corrupt"), (.floods, "[cut: 65536 of 8388608 bytes]"),
            (.isNoUTF8, "[not UTF-8: bad bytes replaced]"),
        ])
    func aToolHurtsOnlyItsOwnRun(_ deed: BadSearch.Deed, _ words: String) async throws {
        try await RunningBackend.with {
            $0.toolClasses = ToolCatalogue.all.filter { $0.name != SearchCorpus.name } + [deed.tool]
        } _: { backend in
            let seed = backend.server.backend.configuration.seed
            defer { if deed == .blocks { BadSearch.Blocking.letGo() } }
            let bad = try prompt(calling: SearchCorpus.name, seed: seed)
            let good = try prompt(calling: Calculate.name, avoiding: SearchCorpus.name, seed: seed)
            async let hurt = backend.user(on: .http, named: "ada").asked(bad)
            var others: [WorkOutcome] = []
            for name in ["bob", "eva"] {
                others.append(await backend.user(on: .http, named: name).asked(good))
            }
            #expect(others == [.completed, .completed])
            #expect(await hurt == .completed)
            #expect(try await results(backend, "ada").contains { $0.contains(words) })
            for name in ["bob", "eva"] {
                #expect(try await !results(backend, name).contains { $0.contains(words) })
            }
            let health = try await backend.get("/health")
            #expect(health.status == 200)
            let runs = backend.monitor.snapshot().runs
            #expect(runs.count == 3 && runs.allSatisfy { $0.grammar == .ok && $0.state == .completed })
            let dispatchers = backend.monitor.snapshot().dispatchers
            #expect(dispatchers.allSatisfy { $0.inFlight == 0 && $0.state == .idle })
        }
    }
}

extension BadToolTests {
    @Test func aDispatcherThatIsTakenFromItsRunIsEvicted() async throws {
        try await RunningBackend.with {
            $0.toolClasses =
                ToolCatalogue.all.filter { $0.name != SearchCorpus.name } + [BadSearch.Waiting.self]
        } _: { backend in
            let hub = backend.server.backend.hub
            let text = try prompt(calling: SearchCorpus.name, seed: backend.server.backend.configuration.seed)
            _ = try await hub.open("s", user: "ada", on: .http, request: nil, connection: nil)
            let (_, end) = try await hub.start(text, run: "r", in: "s", user: "ada", on: .http)
            #expect(await eventually { backend.monitor.snapshot().dispatchers.first?.inFlight == 1 })
            let id = try #require(backend.monitor.snapshot().dispatchers.first).id
            let answer = try await backend.send(
                .POST, "/monitor/v1/dispatchers/\(id)/dispose", nil, as: nil)
            #expect(answer.status == 200)
            #expect(backend.monitor.snapshot().dispatchers.map(\.state) == [.evicted])
            let context = try #require(backend.monitor.snapshot().contexts.first).id
            let rows = try await backend.get("/monitor/v1/contexts/\(context)").body["audit"]?.array ?? []
            #expect(rows.contains { $0["to"] == "evicted" && $0["reason"] == "evicted by loopback" })
            end.cancel()
            #expect(await end.value == .cancelled)
        }
    }
}

extension SyntheticUser {
    /// The outcome of one run of a copy.
    func asked(_ prompt: String) async -> WorkOutcome {
        var user = self
        return await user.work(prompt)
    }
}

/// A search that misbehaves in one way; the type has the way, because a factory makes it from its class.
enum BadSearch {
    enum Deed: String, CaseIterable, Sendable {
        case hangs, blocks, `throws`, floods, isNoUTF8

        var tool: any Tool.Type {
            switch self {
            case .hangs: Hanging.self
            case .blocks: Blocking.self
            case .throws: Throwing.self
            case .floods: Flooding.self
            case .isNoUTF8: Garbled.self
            }
        }
    }

    protocol Search: Tool {}

    struct Hanging: Search {
        static var timeout: Duration { .milliseconds(200) }
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            // Sleeps on after its cancellation.
            await Task.detached { try? await Task.sleep(for: .seconds(3600)) }.value
            return ""
        }
    }

    struct Waiting: Search {
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            try? await Task.sleep(for: .seconds(3600))
            return ""
        }
    }

    struct Blocking: Search {
        /// Lets the threads go when the test is over; a plan has three calls at most.
        static func letGo() { for _ in 0..<3 { gate.signal() } }
        private static let gate = DispatchSemaphore(value: 0)
        private static func wait() { gate.wait() }
        static var timeout: Duration { .milliseconds(200) }
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            Self.wait()
            return ""
        }
    }

    struct Throwing: Search {
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            throw .failed("the index is corrupt")
        }
    }

    struct Flooding: Search {
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            ToolOutput(bytes: Array(repeating: UInt8(ascii: "x"), count: 8 << 20))
        }
    }

    struct Garbled: Search {
        init(_ context: ToolContext) {}
        func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
            ToolOutput(bytes: [0xFF, 0xC0, 0x80, 0x61])
        }
    }
}

extension BadSearch.Search {
    static var name: String { SearchCorpus.name }
    static var summary: String { "Misbehaves." }
    static var schema: JSONValue { ["type": "object"] }
}
