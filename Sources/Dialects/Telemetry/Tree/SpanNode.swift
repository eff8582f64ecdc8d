import WireProtocol

/// What is kept of a span: its place in the tree, its times and its tokens.
struct SpanNode {
    /// The span's id as a number; OTLP's is eight bytes.
    let id: UInt64
    /// The parent's id; 0 at the root.
    let parent: UInt64
    /// Which service, as an index into ``TraceTree``'s services.
    let service: Int
    /// What it is to an agent.
    let kind: SpanMeaning.Kind
    /// Whether the parent is known to live in another process.
    let hasRemoteParent: Bool
    /// Whether it is a request that a server answers: below it, several agents do one piece of work.
    let isRequest: Bool
    /// What spans of one call have in common, such as a digest of the tool's name; 0 for what is not a call.
    let label: Int
    /// When it began.
    var start: Timestamp
    /// When it ended; the start while it is pending.
    var end: Timestamp
    /// Whether it has begun and not ended, where the SDK reports that.
    var isPending: Bool
    /// The run that it belongs to, as an index into ``TraceTree``'s runs; nil outside of runs.
    var run: Int?
    /// What it says about tokens.
    var usage: SpanMeaning.Usage?

    /// Whether it is an agent's work that owns a run where nothing of that kind is above it.
    var isStrong: Bool { kind == .agent || kind == .workflow || kind == .chain }
    /// Whether it is one call of a model.
    var isModelCall: Bool { kind == .model || kind == .embedding }
}

/// A span that was received and is not told yet; a reference, since items are sorted and handed on often.
final class SpanItem: Sendable {
    /// Its place in ``TraceTree``'s nodes.
    let node: Int
    let span: TelemetrySpan
    let meaning: SpanMeaning
    /// Whether its begin was told when it was pending.
    let isBegun: Bool

    init(node: Int, span: TelemetrySpan, meaning: SpanMeaning, isBegun: Bool = false) {
        self.node = node
        self.span = span
        self.meaning = meaning
        self.isBegun = isBegun
    }

    /// Whether the agent has a name of its own, and not only the span's.
    var isNamed: Bool { meaning.isAgentNamed }
}

extension TelemetrySpan {
    /// An id as a number; 0 for an id of zeros, which is the root's parent.
    static func number(_ id: String) -> UInt64 {
        UInt64(id, radix: 16) ?? UInt64(bitPattern: Int64(id.hashValue)) | 1
    }
}
