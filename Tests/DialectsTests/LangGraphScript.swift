import WireProtocol

@testable import Dialects

/// A reader of a LangGraph Server whose answers a test writes, and a clock that the test moves.
struct LangGraphScript {
    static let thread = "01b30000-0000-7000-8000-00000000000a"
    /// 2026-11-30T08:00:00Z.
    static let start = Timestamp(milliseconds: 1_796_025_600_000)

    var reader = LangGraphReader()
    var now = start

    /// A row of `POST /threads/search` of the thread; `at` is in seconds after the start.
    static func row(
        _ status: String, at seconds: Int = 0, id: String = thread,
        metadata: String = "{\"user_id\":\"ada\"}",
        interrupts: String = "{}"
    ) -> String {
        """
        {"thread_id":"\(id)","created_at":"\(time(0))","updated_at":"\(time(seconds))",\
        "state_updated_at":"\(time(seconds))","metadata":\(metadata),"status":"\(status)",\
        "config":{},"interrupts":\(interrupts)}
        """
    }

    /// A row of `GET /threads/{id}/runs`.
    static func run(
        _ id: String, _ status: String, at seconds: Int = 0, until end: Int? = nil,
        strategy: String = "enqueue",
        kwargs: String = "{\"resumable\":false}"
    ) -> String {
        """
        {"run_id":"\(id)","thread_id":"\(thread)","status":"\(status)","created_at":"\(time(seconds))",\
        "updated_at":"\(time(end ?? seconds))","multitask_strategy":"\(strategy)",\
        "metadata":{"graph_id":"clerk"},"kwargs":\(kwargs)}
        """
    }

    static func time(_ seconds: Int) -> String { (start + .seconds(seconds)).rfc3339 }

    /// Moves the clock to so many seconds after the start.
    mutating func wait(until seconds: Int) { now = Self.start + .seconds(seconds) }

    private func document(_ body: String, _ status: Int) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    /// Answers the first request whose path begins so, which was asked for `ago` seconds before now.
    mutating func answer(
        _ path: String, _ body: String, status: Int = 200, asked ago: Int = 0,
        where isIt: (DialectRequest) -> Bool = { _ in true }
    ) -> [Message] {
        guard
            let request = reader.requests.first(where: {
                $0.path.hasPrefix(path) && $0.rhythm != .stream && isIt($0)
            })
        else { return [] }
        return reader.take(.document(request, document(body, status), took: .seconds(ago)), at: now)
    }

    /// Lists the thread.
    mutating func list(_ rows: String..., asked ago: Int = 0) -> [Message] {
        answer("/threads/search", "[\(rows.joined(separator: ","))]", asked: ago)
    }

    /// Lists the runs of the thread.
    mutating func runs(_ rows: String..., asked ago: Int = 0) -> [Message] {
        answer("/threads/\(Self.thread)/runs?", "[\(rows.joined(separator: ","))]", asked: ago)
    }

    /// Whether the row of one run is asked for.
    func asksFor(run: String) -> Bool {
        reader.requests.contains { $0.path == "/threads/\(Self.thread)/runs/\(run)" }
    }

    /// Gives the row of one run.
    mutating func row(ofRun id: String, _ row: String, status: Int = 200) -> [Message] {
        answer("/threads/\(Self.thread)/runs/\(id)", row, status: status)
    }

    private var streamRequest: DialectRequest? { reader.requests.first { $0.rhythm == .stream } }

    /// Opens the thread's stream.
    mutating func open() -> [Message] {
        streamRequest.map { reader.take(.opened($0), at: now) } ?? []
    }

    /// Fails the thread's stream.
    mutating func breakStream(_ reason: String = "the stream ended") -> [Message] {
        streamRequest.map { reader.take(.failed($0, reason: reason), at: now) } ?? []
    }

    /// Sends frames as `event data`, dated now.
    mutating func frames(_ frames: String...) -> [Message] {
        guard let request = streamRequest else { return [] }
        return frames.flatMap { frame in
            let words = frame.split(separator: " ", maxSplits: 1).map(String.init)
            let text = "event: \(words[0])\ndata: \(words[1])\nid: \(now.milliseconds)-0\n\n"
            var parser = SSEParser()
            return parser.feed(Array(text.utf8)).flatMap { reader.take(.event(request, $0), at: now) }
        }
    }

    /// Frames of a run's start and end.
    static func began(_ run: String) -> String { "metadata {\"run_id\":\"\(run)\",\"attempt\":1}" }
    static func done(_ run: String) -> String { "metadata {\"status\":\"run_done\",\"run_id\":\"\(run)\"}" }
}
