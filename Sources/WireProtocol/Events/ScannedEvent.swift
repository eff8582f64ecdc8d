/// One event line, as positions in its batch's bytes: nothing is copied until somebody looks.
public struct ScannedEvent: Hashable, Sendable {
    /// The AG-UI type.
    public var type = EventType.unrecognized
    /// Milliseconds since the epoch, or nil when the source sent none.
    public var timestamp: Timestamp?
    /// `metadata.seq`: 0, 1, 2… within a run; nil when absent.
    public var sequence: Int?
    /// The whole line.
    public var line = TextSlice.none
    /// The spelling of the type, for those that this version does not know.
    public var typeName = TextSlice.none
    /// `metadata.user`.
    public var user = TextSlice.none
    /// `metadata.session`, else `threadId`.
    public var session = TextSlice.none
    /// `metadata.run`, else `runId`.
    public var run = TextSlice.none
    /// `threadId`, whatever `metadata.session` says.
    public var threadField = TextSlice.none
    /// `runId`, whatever `metadata.run` says.
    public var runField = TextSlice.none
    /// The digits of a timestamp that is written as a plain whole number.
    public var timestampDigits = TextSlice.none
    /// The digits of a sequence number that is written as a plain whole number below 1,000,000,000.
    public var sequenceDigits = TextSlice.none
    /// `metadata.path`.
    public var path = TextSlice.none
    /// `metadata.dispatcher`.
    public var dispatcher = TextSlice.none
    /// `metadata.id`, the resume point on merged streams.
    public var id = TextSlice.none
    /// `toolCallId`.
    public var call = TextSlice.none
    /// `toolCallName`, or the `name` of a CUSTOM, or a `stepName`.
    public var name = TextSlice.none
    /// `message`, `delta` or `content`: the text a person would read; raw inside of the string.
    public var text = TextSlice.none
    /// A CUSTOM's `value` or a RUN_FINISHED's `outcome`, raw JSON.
    public var value = TextSlice.none
    /// `metadata.agent`: which agent runs; RUN_STARTED carries it.
    public var agent = TextSlice.none
    /// `metadata.bytes`: the size of a payload that was left out; 0 where none was.
    public var hiddenBytes = 0
    /// `metadata.stamped`: whether the timestamp is the moment at which a receiver read the event.
    public var isStamped = false
    /// What a RUN_FINISHED reports in `outcome`; success where it reports nothing.
    public var outcome = RunOutcome.success

    /// An event of which nothing is known.
    public init() {}
}

/// What the end of a run reports in `outcome`.
public enum RunOutcome: Hashable, Sendable {
    case success
    /// The client's own tools have yet to answer.
    case pending
    /// The run waits for a person.
    case interrupt
    case cancelled

    /// The outcome of that spelling; success for one that is not known.
    init(word: String) {
        self =
            switch word {
            case "interrupt": .interrupt
            case "cancelled", "canceled": .cancelled
            default: .success
            }
    }
}

/// A line that was refused, and why; refused lines are counted and shown.
public struct RefusedLine: Hashable, Sendable {
    /// The line, cut to 200 bytes.
    public let excerpt: [UInt8]
    /// What is wrong with it, in words.
    public let reason: String

    /// Keeps the first 200 bytes of the line.
    public init(line: some Sequence<UInt8>, reason: String) {
        excerpt = Array(line.prefix(200))
        self.reason = reason
    }
}
