import WireProtocol

@testable import Dialects

/// A span of a made-up trace; moments in milliseconds after the trace's start.
struct MadeUpSpan {
    var name: String
    var id: String
    var parent: String
    var from: Int
    var to: Int
    var attributes: TelemetryAttributes = [:]
    var failure: String?
    var service = "shop"
    var isRemote = false
    var isServed = false

    static func model(
        _ id: String, in parent: String, _ from: Int, _ to: Int, session: String? = nil, tokens: Int64? = nil,
        failing: String? = nil
    ) -> Self {
        var span = Self(name: id, id: id, parent: parent, from: from, to: to)
        span.set("gen_ai.operation.name", "chat")
        span.set("gen_ai.conversation.id", session)
        span.attributes["gen_ai.usage.input_tokens"] = tokens.map { .integer($0) }
        span.failure = failing
        return span
    }

    static func tool(_ tool: String, _ id: String, in parent: String, _ from: Int, _ to: Int) -> Self {
        var span = Self(name: "execute_tool " + tool, id: id, parent: parent, from: from, to: to)
        span.set("gen_ai.operation.name", "execute_tool")
        span.set("gen_ai.tool.name", tool)
        return span
    }

    static func agent(
        _ agent: String, _ id: String, in parent: String = "", _ from: Int, _ to: Int, session: String? = nil,
        user: String? = nil, failing: String? = nil, operation: String = "invoke_agent", tokens: Int64? = nil
    ) -> Self {
        var span = Self(name: "\(operation) \(agent)", id: id, parent: parent, from: from, to: to)
        span.set("gen_ai.operation.name", operation)
        span.set("gen_ai.agent.name", agent)
        span.set("gen_ai.conversation.id", session)
        span.set("user.id", user)
        span.attributes["gen_ai.usage.input_tokens"] = tokens.map { .integer($0) }
        span.failure = failing
        return span
    }

    static func other(
        _ name: String, _ id: String, in parent: String = "", _ from: Int, _ to: Int, isRequest: Bool = false
    ) -> Self {
        var span = Self(name: name, id: id, parent: parent, from: from, to: to)
        span.isServed = isRequest
        return span
    }

    private mutating func set(_ attribute: String, _ text: String?) {
        attributes[attribute] = text.map { .string($0) }
    }
}

/// Sends made-up spans to a reader, and keeps what it tells.
struct MadeUpTrace {
    struct Run: Equatable {
        var session = ""
        var agent: String?
        var end: String?
        var tokens: Int64 = 0
    }

    let id = "5f0c2a9d3b7e41688d10c4e2b6a79f33"
    private let start: Timestamp
    private var now: Timestamp
    private var reader = TelemetryReader()
    private(set) var lines: [JSONValue] = []

    init(_ start: Timestamp) {
        self.start = start
        now = start + .seconds(300)
    }

    /// Sends spans in one request, and returns what was told as `TYPE name`.
    @discardableResult mutating func send(_ spans: [MadeUpSpan]) -> [String] {
        var batch = TelemetryBatch()
        batch.spans = spans.map { made in
            var span = TelemetrySpan()
            (span.name, span.attributes, span.hasRemoteParent) = (made.name, made.attributes, made.isRemote)
            span.isServed = made.isServed
            (span.traceID, span.spanID) = (id, Self.number(made.id))
            span.parentID = made.parent.isEmpty ? "" : Self.number(made.parent)
            span.resource = TelemetryResource(["service.name": .string(made.service)])
            (span.start, span.end) = (start + .milliseconds(made.from), start + .milliseconds(made.to))
            if let failure = made.failure { (span.status, span.statusMessage) = (.error, failure) }
            return span
        }
        let told = reader.take(batch, at: now)
        lines += told.eventJSON
        return told.eventNames
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        lines += reader.tell(at: now).eventJSON
    }

    private static func number(_ id: String) -> String {
        let text = id.utf8.map { String($0, radix: 16) }.joined()
        return String(repeating: "0", count: max(0, 16 - text.count)) + text.suffix(16)
    }

    func named(_ type: String) -> [JSONValue] { lines.filter { $0["type"]?.string == type } }

    func time(_ type: String) -> Timestamp? {
        named(type).first?["timestamp"]?.integer.map { Timestamp(milliseconds: $0) }
    }

    /// What was told of runs by `ctxtop.run`.
    var changes: [RunChange.Kind] {
        named("CUSTOM").filter { $0["name"]?.string == "ctxtop.run" }.compactMap {
            $0["value"]?["change"]?.string.flatMap { RunChange.Kind(rawValue: $0) }
        }
    }

    /// The sessions that are shown, in the order of their names.
    var sessions: [String] {
        var shown: Set<String> = []
        for line in lines {
            guard let session = line["metadata"]?["session"]?.string else { continue }
            let isClosed =
                line["name"]?.string == "ctxtop.session" && line["value"]?["change"]?.string == "closed"
            if isClosed { shown.remove(session) } else { shown.insert(session) }
        }
        return shown.sorted()
    }

    /// The runs as their events tell them, in the order of their ids.
    var runs: [Run] {
        var runs: [String: Run] = [:]
        for line in lines {
            guard let id = line["metadata"]?["run"]?.string else { continue }
            var run = runs[id] ?? Run()
            run.session = line["metadata"]?["session"]?.string ?? run.session
            run.agent = line["metadata"]?["agent"]?.string ?? run.agent
            switch line["type"]?.string {
            case "RUN_FINISHED": run.end = line["outcome"]?["type"]?.string
            case "RUN_ERROR": run.end = "RUN_ERROR"
            default: break
            }
            for usage in line["usage"]?.array ?? [] { run.tokens += usage["inputTokens"]?.integer ?? 0 }
            runs[id] = run
        }
        return runs.sorted { $0.key < $1.key }.map(\.value)
    }
}
