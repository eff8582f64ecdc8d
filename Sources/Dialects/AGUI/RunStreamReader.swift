public import WireProtocol

/// Reads the answer to one AG-UI run as it passes, and says of each event whose it is.
///
/// On an AG-UI wire only RUN_STARTED names thread and run, and nothing names the
/// path or the user; events get these as metadata here. An event without a
/// plausible timestamp gets the moment of its arrival, and `stamped` in its
/// metadata marks it.
public struct RunStreamReader: Sendable {
    private var parser = SSEParser()
    private(set) var metadata = EventMetadata()
    /// Whether the request's body is a RunAgentInput.
    let isRunAsked: Bool
    /// Whether any event came.
    public private(set) var hasEvents = false
    private var refusedBefore = 0
    private var hasStarted = false
    private var hasEnded = false

    /// A reader for the answer to a request.
    ///
    /// - Parameters:
    ///   - path: the request's path, without its query.
    ///   - input: the request's body, a RunAgentInput; anything else is ignored.
    ///   - user: whose run it is, when the request said so.
    public init(path: String, input: [UInt8], user: String?) {
        metadata.path = "http:" + path
        let json = try? JSONParser.parse(input)
        let thread = Self.text(json?["threadId"] ?? json?["thread_id"])
        let run = Self.text(json?["runId"] ?? json?["run_id"])
        metadata.session = thread.map { SessionID(rawValue: $0) }
        metadata.run = run.map { RunID(rawValue: $0) }
        isRunAsked = run != nil && (thread != nil || json?["messages"]?.array != nil)
        let properties = json?["forwardedProps"] ?? json?["forwarded_props"]
        let named = user ?? Self.text(properties?["user_id"]) ?? Self.text(properties?["userId"])
        metadata.user = named.map { UserID(rawValue: $0) }
    }

    private static func text(_ json: JSONValue?) -> String? {
        guard let text = json?.string, !text.isEmpty else { return nil }
        return text
    }

    /// How an answer ended.
    public enum Ending: Hashable, Sendable {
        /// The server ended it.
        case complete
        /// The connection to the server broke, or the body was shorter than it announced.
        case broken
        /// The client closed its connection, as it does to cancel a run.
        case abandoned
    }

    /// Reads the next bytes of the answer and returns the events that they complete.
    ///
    /// - Parameter arrival: the time of events that have no plausible time of their own.
    public mutating func feed(_ bytes: some Sequence<UInt8>, at arrival: Timestamp) -> [Message] {
        var lines: [UInt8] = []
        for event in parser.feed(bytes) {
            hasEvents = true
            lines += line(event, at: arrival)
            lines.append(0x0A)
        }
        var messages: [Message] = lines.isEmpty ? [] : [.events(EventBatch(lines: lines))]
        if parser.refused > refusedBefore {
            refusedBefore = parser.refused
            messages.append(.refused(what: "event", reason: "an event longer than 1 MiB"))
        }
        return messages
    }

    /// Ends the answer; a run that began and did not end is lost, or cancelled where the client left.
    public mutating func end(_ ending: Ending, at moment: Timestamp) -> [Message] {
        // HTML 9.2.6 discards an event that no blank line ends; AG-UI's own client reads it.
        var messages = ending == .complete ? feed([0x0A, 0x0A], at: moment) : []
        guard hasStarted, !hasEnded else { return messages }
        hasEnded = true
        let how =
            switch ending {
            case .complete: "the server ended the answer"
            case .broken: "the connection broke"
            case .abandoned: "the client closed the connection"
            }
        let reason = "\(how) before RUN_FINISHED or RUN_ERROR"
        let change = RunChange(ending == .abandoned ? .cancelled : .lost, reason: reason)
        messages += [OutgoingEvent(change, at: moment, metadata: metadata)].messages
        let run = metadata.run.map { " \($0)" } ?? ""
        messages.append(.refused(what: "run\(run)", reason: reason))
        return messages
    }

    /// The event with our metadata in it; anything but a JSON object stays as it is, to be refused and counted.
    private mutating func line(_ event: ServerSentEvent, at arrival: Timestamp) -> [UInt8] {
        guard let received = (try? JSONParser.parse(event.data))?.object else {
            return event.data.map { $0 == 0x0A ? 0x20 : $0 }
        }
        var object = EventSpelling.corrected(received, field: event.type)
        let type = EventType(wireName: (object.string("type") ?? "").utf8)
        if type == .runStarted {
            (hasStarted, hasEnded) = (true, false)
            metadata.session =
                Self.text(object["threadId"]).map { SessionID(rawValue: $0) } ?? metadata.session
            metadata.run = Self.text(object["runId"]).map { RunID(rawValue: $0) } ?? metadata.run
        }
        if type == .runFinished || type == .runError { hasEnded = true }
        let (moment, isArrival) = PlausibleTime.orArrival(object["timestamp"], at: arrival)
        object["timestamp"] = .integer(moment.milliseconds)
        var merged = metadata.json.object ?? [:]
        if isArrival { merged.append("stamped", true) }
        for member in object["metadata"]?.object?.members ?? [] where merged[member.name] == nil {
            merged.append(member.name, member.value)
        }
        object["metadata"] = .object(merged)
        return JSONValue.object(object).serialized
    }
}

extension Coverage {
    /// What passes a proxy in front of an AG-UI server.
    public static let proxied = Coverage(
        missing: [
            .health: "a proxy sees runs, not health; ask the backend itself as a second target",
            .patterns:
                "AG-UI does not say how a path gets its dispatcher; embed ContextMonitor into the server",
            .dispatchers: "AG-UI names no dispatcher; embed ContextMonitor into the server",
        ],
        notes: [
            "events: only of runs that pass this proxy; compressed answers pass unread",
            "answers without a stream: a failed run where one was asked for, else an http.answer event",
            "users: only with --user-header, or where forwardedProps.user_id says so",
            "times: events without a timestamp are stamped at their arrival, and marked",
        ])
}
