@testable import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// Two hundred users at once, with a tool that reaches for everything that it can name.
@Suite(.timeLimit(.minutes(5))) struct IsolationTests {
    private static let names = (0..<200).map { "user-\($0)@acme.io" }

    /// A prompt for each user, of which the plan calls the spy, with arguments that nobody else has.
    private static func prompts(_ seed: UInt64) -> [String: (text: String, secrets: Set<String>)] {
        let agent = ScriptedAgent(pace: .immediate, seed: seed)
        var taken: Set<String> = []
        var prompts: [String: (text: String, secrets: Set<String>)] = [:]
        for name in names {
            for number in 0... {
                let text = "\(name) asks \(number)"
                let secrets = Set(
                    agent.plan(for: text).filter { $0.tool == Spy.name }
                        .compactMap { $0.arguments.string("expression") })
                guard !secrets.isEmpty, taken.isDisjoint(with: secrets) else { continue }
                taken.formUnion(secrets)
                prompts[name] = (text, secrets)
                break
            }
        }
        return prompts
    }

    /// What came of one crowd.
    private struct Seen: Sendable {
        /// Secrets of others that a user read in an event of theirs.
        var foreignSecrets = 0
        /// Events of a session, or of a dispatcher where all sessions have one name, that name another user.
        var crossedEvents = 0
        /// How often the events of a run broke the run grammar, as the monitor saw them.
        var violations = 0
        /// The dispatchers that worked for more than one user.
        var sharedDispatchers: Set<DispatcherID> = []
        /// What users got when they asked for others' sessions and runs, by their ids.
        var answers: Set<UInt> = []
        /// Whether others' attempts have ended or changed a session.
        var isEverySessionThere = true
        var events = 0
        var results = 0
    }

    private static func crowd(_ pattern: StartupPattern, sharingNames: Bool = false) async throws -> Seen {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: pattern)
            $0.toolClasses = [Spy.self] + ToolCatalogue.all.filter { $0.name != Spy.name }
            $0.exposesPayloads = true
        } _: { backend in
            let prompts = prompts(backend.server.backend.configuration.seed)
            #expect(prompts.count == names.count)
            await withTaskGroup(of: Void.self) { group in
                for (index, name) in names.enumerated() {
                    let path = [ConsumerPath.http, .websocket][index % 2]
                    group.addTask {
                        let prompt = prompts[name]?.text ?? ""
                        for _ in 0..<2 where sharingNames {
                            await Namesake(name: name, path: path, backend: backend).work(prompt)
                        }
                        for _ in 0..<2 where !sharingNames {
                            var user = backend.user(on: path, named: name)
                            #expect(await user.work(prompt) == .completed)
                            await user.leave()
                        }
                    }
                }
            }
            var seen = read(backend, prompts.mapValues(\.secrets), sharingNames: sharingNames)
            if sharingNames {
                try await lookUp(backend, &seen)
            } else {
                try await intrude(backend, &seen)
            }
            return seen
        }
    }

    /// Reads every event that was recorded.
    private static func read(
        _ backend: RunningBackend, _ secrets: [String: Set<String>], sharingNames: Bool
    ) -> Seen {
        var seen = Seen()
        var owners: [DispatcherID: Set<String>] = [:]
        var users: [String: String] = [:]
        for line in backend.monitor.ringLines() {
            guard let event = (try? JSONParser.parse(line))?.object, let metadata = event["metadata"],
                let user = metadata["user"]?.string, let session = metadata["session"]?.string
            else { continue }
            seen.events += 1
            let place = sharingNames ? metadata["dispatcher"]?.string : session
            if let place, users[place, default: user] != user { seen.crossedEvents += 1 }
            if let place { users[place] = user }
            if let dispatcher = metadata["dispatcher"]?.string, event["type"] != "CUSTOM" {
                owners[DispatcherID(rawValue: dispatcher), default: []].insert(user)
            }
            guard event["type"] == "TOOL_CALL_RESULT", let content = event.string("content"),
                content.hasPrefix(Spy.prefix)
            else { continue }
            seen.results += 1
            let read = Set(content.dropFirst(Spy.prefix.count).split(separator: "|").map(String.init))
            seen.foreignSecrets += read.subtracting(secrets[user] ?? []).count
        }
        seen.violations = backend.monitor.snapshot().runs.flatMap(\.violations).count
        seen.sharedDispatchers = Set(owners.filter { $0.value.count > 1 }.keys)
        return seen
    }

    /// Every user asks for the next one's session and run, to read, to resume, to count and to cancel them.
    private static func intrude(_ backend: RunningBackend, _ seen: inout Seen) async throws {
        let victims = backend.monitor.snapshot().sessions.filter { $0.path == .http }
        let runs = backend.monitor.snapshot().runs
        for (index, session) in victims.enumerated() {
            let thief = victims[(index + 1) % victims.count].user.rawValue
            let run = runs.last { $0.session == session.id }?.id.rawValue ?? ""
            for route in [
                "/v1/sessions/\(session.id)", "/v1/sessions/\(session.id)/events", "/v1/runs/\(run)",
                "/v1/runs/\(run)/events", "/v1/jobs/\(session.id)",
            ] {
                seen.answers.insert(try await backend.get(route, as: thief).status)
            }
            seen.answers.insert(try await backend.send(.DELETE, "/v1/runs/\(run)", nil, as: thief).status)
            let own = try await backend.get("/v1/sessions", as: thief).body["sessions"]?.array
            if own?.count != 1 || own?.first?["id"] == .string(session.id.rawValue) {
                seen.isEverySessionThere = false
            }
        }
    }

    /// Every user looks at the session and run that all have, and must find their own.
    private static func lookUp(_ backend: RunningBackend, _ seen: inout Seen) async throws {
        var contexts: Set<String> = []
        for name in names {
            let session = try await backend.get("/v1/sessions/\(Namesake.session)", as: name).body
            contexts.insert(session["context"]?.string ?? "")
            let run = try await backend.get("/v1/runs/\(Namesake.run)", as: name).body
            let events = try await backend.text("/v1/runs/\(Namesake.run)/events", as: name).text
            let foreign = events.split(separator: "\n").filter {
                $0.hasPrefix("data: ") && !$0.contains("\"user\":\"\(name)\"")
            }
            // A run that the machine was too busy for ends as cancelled; whose it is does not change.
            #expect(["completed", "cancelled"].contains(run["state"]), "\(name): \(run)")
            #expect(foreign.isEmpty, "\(name): \(foreign)")
            #expect(session["context"] != nil, "\(name): \(session)")
            let other = "/v1/runs/none"
            seen.answers.insert(try await backend.send(.DELETE, other, nil, as: name).status)
        }
        if contexts.count != names.count { seen.isEverySessionThere = false }
        seen.answers.insert(try await backend.get("/v1/runs/\(Namesake.run)", as: "eve").status)
    }

    /// AG-UI clients choose the ids of threads and runs, and may all choose the same.
    @Test func twoHundredUsersOfTheSameNamesNeverCross() async throws {
        let seen = try await Self.crowd(.factory, sharingNames: true)
        #expect(seen.results >= 400)
        #expect(seen.events > 4000)
        #expect(seen.foreignSecrets == 0)
        #expect(seen.crossedEvents == 0)
        #expect(seen.violations == 0)
        #expect(seen.sharedDispatchers.isEmpty)
        #expect(seen.answers == [404])
        #expect(seen.isEverySessionThere)
    }

    @Test func twoHundredUsersNeverCross() async throws {
        let seen = try await Self.crowd(.factory)
        #expect(seen.results >= 400)
        #expect(seen.events > 4000)
        #expect(seen.foreignSecrets == 0)
        #expect(seen.crossedEvents == 0)
        #expect(seen.violations == 0)
        #expect(seen.sharedDispatchers.isEmpty)
        #expect(seen.answers == [404])
        #expect(seen.isEverySessionThere)
    }

    @Test func theSingletonShowsWhatIsShared() async throws {
        let seen = try await Self.crowd(.singleton)
        #expect(seen.foreignSecrets > 0)
        #expect(seen.sharedDispatchers == ["global"])
        // Sessions and routes belong to their users on either pattern.
        #expect(seen.crossedEvents == 0)
        #expect(seen.answers == [404])
    }
}

/// A user whose session and run have the same names as every other user's, and who reads every event of the run.
private struct Namesake: Sendable {
    static let session = "thread-1"
    static let run = "run-1"
    let name: String
    let path: ConsumerPath
    let backend: RunningBackend

    func work(_ prompt: String) async {
        do {
            let events = path == .http ? try await overHTTP(prompt) : try await overWebSocket(prompt)
            #expect(Set(events.map { $0["metadata"]?["user"]?.string }) == [name])
            let numbers = events.map { $0["metadata"]?["seq"]?.integer }
            #expect(numbers == (0..<Int64(events.count)).map { $0 }, "\(name): events are lost")
            #expect(events.last?["type"] == "RUN_FINISHED")
        } catch { Issue.record(error, "\(name) on \(path)") }
    }

    private func overHTTP(_ prompt: String) async throws -> [JSONValue] {
        let (status, text) = try await backend.text(
            "/v1/agents/assistant/ag-ui", as: name, method: .POST,
            ["threadId": .string(Self.session), "runId": .string(Self.run), "prompt": .string(prompt)])
        #expect(status == 200)
        return try text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
            try JSONParser.parse($0.dropFirst(6).utf8)
        }
    }

    private func overWebSocket(_ prompt: String) async throws -> [JSONValue] {
        let chat = try await WebSocketChat(
            host: "127.0.0.1", port: backend.port, as: Visitor(name: name))
        _ = try await chat.ask("session.open", ["session": .string(Self.session)])
        _ = try await chat.ask(
            "run.start",
            ["session": .string(Self.session), "runId": .string(Self.run), "prompt": .string(prompt)])
        var events: [JSONValue] = []
        while let event = await chat.nextEvent() {
            guard event["metadata"]?["run"]?.string == Self.run else { continue }
            events.append(event)
            if ["RUN_FINISHED", "RUN_ERROR"].contains(event["type"]) { break }
        }
        await chat.close()
        return events
    }
}

/// Calculates nothing: it keeps each expression in the files of its context, and tells every one that it finds there.
private struct Spy: Tool {
    static let name = Calculate.name
    static let summary = "Reads every file it can reach."
    static let schema = Calculate.schema
    static let prefix = "spied:"
    private let workspace: Workspace

    init(_ context: ToolContext) { workspace = context.workspace }

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        try workspace.write(arguments.string("expression") ?? "", [1])
        return ToolOutput(bytes: Array((Self.prefix + workspace.names.joined(separator: "|")).utf8))
    }
}
