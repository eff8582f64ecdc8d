public import WireProtocol

/// An answer to a proxied request that is not an event stream, or that never came.
public struct PlainAnswer: Hashable, Sendable {
    /// How much of a body is read for the words in it.
    public static let maximumBody = 4096

    /// The method of the request.
    public var method: String
    /// The path of the request, without its query.
    public var path: String
    /// When the request came.
    public var askedAt: Timestamp
    /// The status of the answer.
    public var status: Int
    /// The content type of the answer, or empty.
    public var type = ""
    /// The beginning of the body; at most ``maximumBody``.
    public var body: [UInt8] = []
    /// What is known of it besides; nil where the body says it.
    public var reason: String?

    /// An answer of which only the status is known.
    public init(method: String, path: String, askedAt: Timestamp, status: Int) {
        self.method = method
        self.path = path
        self.askedAt = askedAt
        self.status = status
    }

    /// `HTTP 401`, with the words of the answer where it has some.
    var words: String {
        var text = "HTTP \(status)"
        if let reason = reason ?? said { text += ": \(reason)" }
        return text
    }

    /// What the body says: the usual members of a JSON error, or the first line of a text.
    private var said: String? {
        let text: String
        if let json = try? JSONParser.parse(body) {
            let error = json["error"]
            let member = json["detail"] ?? error?["message"] ?? error ?? json["message"] ?? json["title"]
            guard let member else { return nil }
            text = member.string ?? member.text
        } else {
            guard type.hasPrefix("text/plain") || type.hasPrefix("application/json") else { return nil }
            text = String(decoding: body.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        }
        return text.isEmpty ? nil : String(text.prefix(200))
    }
}

extension RunStreamReader {
    /// An answer that is not a stream, as a failed run where the request asked for one, or else as one line.
    public func events(for answer: PlainAnswer, at moment: Timestamp) -> [Message] {
        guard let run = metadata.run, isRunAsked, answer.method == "POST" else {
            var value: JSONObject = [
                "status": .integer(Int64(answer.status)), "method": .string(answer.method),
                "path": .string(answer.path), "words": .string(answer.words),
            ]
            value.set("type", answer.type.isEmpty ? nil : answer.type)
            let took = moment.since(answer.askedAt)
            value["tookMs"] = .integer(Int64(took / .milliseconds(1)))
            return [
                OutgoingEvent(.custom, at: moment, ["name": "http.answer", "value": .object(value)])
            ].messages
        }
        var failed = answer
        if answer.reason == nil, answer.status < 400 {
            let type = answer.type.isEmpty ? "no content type" : answer.type
            failed.reason = "\(type) instead of text/event-stream"
        }
        let start: JSONObject = [
            "threadId": .string(metadata.session?.rawValue ?? ""), "runId": .string(run.rawValue),
        ]
        let end: JSONObject = [
            "message": .string(failed.words), "code": .string("HTTP_\(answer.status)"),
        ]
        return [
            OutgoingEvent(.runStarted, at: answer.askedAt, start, metadata: metadata),
            OutgoingEvent(.runError, at: moment, end, metadata: metadata),
        ].messages
    }
}
