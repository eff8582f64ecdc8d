public import WireProtocol

/// What one OTLP request carries, in neither of its encodings.
public struct TelemetryBatch: Hashable, Sendable {
    /// Finished spans, in the order they were sent.
    public var spans: [TelemetrySpan] = []
    /// Log records.
    public var logs: [TelemetryLog] = []
    /// Points of metrics, in the order they were sent.
    public var metrics: [TelemetryMetric] = []
    /// Elements that could not be read and were left out.
    public private(set) var refused = 0
    /// Why the first of those was; nil when there are none.
    public private(set) var reason: String?
    /// Attributes that were left out of elements that were kept.
    public private(set) var attributesLeftOut = 0
    /// Why the first of those was; nil when there are none.
    public private(set) var attributeReason: String?

    /// The most elements of one request: 50,000; SDKs send 512 (OTEL_BSP_MAX_EXPORT_BATCH_SIZE), collectors 8,192.
    static let maximumElements = 50_000

    /// Whether no element could be read.
    public var isEmpty: Bool { spans.isEmpty && logs.isEmpty && metrics.isEmpty }

    /// A batch of nothing.
    public init() {}

    /// Reads one element by a closure that adds to the batch, or counts why it could not be read.
    mutating func read(_ element: (inout Self) throws(TelemetryError) -> Void) {
        guard spans.count + logs.count + metrics.count + refused < Self.maximumElements else {
            return refuse("more than \(Self.maximumElements) elements in one request")
        }
        do throws(TelemetryError) { try element(&self) } catch { refuse(error.description) }
    }

    /// Keeps a span, unless it lacks the ids that give it a place in a trace.
    mutating func add(_ span: TelemetrySpan) throws(TelemetryError) {
        // OTLP's invalid ids: absent ones and those of zeros.
        guard span.traceID.contains(where: { $0 != "0" }), span.spanID.contains(where: { $0 != "0" }) else {
            throw .withoutIDs
        }
        spans.append(span)
    }

    /// Notes the attributes that an element was kept without.
    mutating func note(_ attributes: TelemetryAttributeReader) {
        attributesLeftOut += attributes.leftOut
        attributeReason = attributeReason ?? attributes.reason
    }

    private mutating func refuse(_ reason: String) {
        refused += 1
        self.reason = self.reason ?? reason
    }
}

/// Collects the attributes of one element within limits; what is beyond them is left out and counted.
struct TelemetryAttributeReader {
    /// The longest attribute that is read: 1 MiB, a long conversation.
    static let maximumBytes = 1 << 20
    /// The most attributes of one element: SDKs keep 128 (OTEL_ATTRIBUTE_COUNT_LIMIT).
    static let maximumCount = 1_000

    private(set) var attributes: TelemetryAttributes
    /// How many were left out.
    private(set) var leftOut = 0
    /// Why the first of those was.
    private(set) var reason: String?
    private var count = 0

    init(expecting count: Int) {
        attributes = TelemetryAttributes(expecting: min(count, Self.maximumCount))
    }

    /// Takes an attribute of that many bytes, unless it or the number of attributes is beyond the limit.
    mutating func take(bytes: Int, _ read: () throws(TelemetryError) -> (key: String, value: JSONValue)) {
        guard count < Self.maximumCount else {
            return leaveOut("more than \(Self.maximumCount) attributes in one element")
        }
        count += 1
        guard bytes <= Self.maximumBytes else { return leaveOut("an attribute above 1 MiB") }
        do throws(TelemetryError) {
            let (key, value) = try read()
            attributes[key] = value
        } catch { leaveOut("an attribute: \(error.description)") }
    }

    private mutating func leaveOut(_ reason: String) {
        leftOut += 1
        self.reason = self.reason ?? reason
    }
}

/// Which program sent something: OTLP's resource.
public struct TelemetryResource: Hashable, Sendable {
    /// `service.name`.
    public var service = "unknown_service"
    /// `service.instance.id`, which tells replicas apart.
    public var instance: String?
    /// `service.version`.
    public var version: String?

    /// Reads the attributes of a resource.
    init(_ attributes: TelemetryAttributes = [:]) {
        service = attributes["service.name"]?.string ?? service
        instance = attributes["service.instance.id"]?.string
        version = attributes["service.version"]?.string
    }
}

/// One finished span.
public struct TelemetrySpan: Hashable, Sendable {
    /// How it ended.
    public enum Status: Hashable, Sendable { case unset, ok, error }

    /// Which program.
    public var resource = TelemetryResource()
    /// The instrumentation that made it.
    public var scope = ""
    /// 32 hexadecimal digits.
    public var traceID = ""
    /// 16 hexadecimal digits.
    public var spanID = ""
    /// The parent's id; empty at the root.
    public var parentID = ""
    /// Whether the parent is known to live in another process (flags 0x300, OTLP 1.3).
    public var hasRemoteParent = false
    /// Whether it answers a request or handles a message: OTLP's kinds SERVER and CONSUMER.
    public var isServed = false
    /// The span's name.
    public var name = ""
    /// When it began.
    public var start = Timestamp(milliseconds: 0)
    /// When it ended; as decoded, never before the start.
    public var end = Timestamp(milliseconds: 0)
    /// Whether the times can be believed.
    public var timing = SpanTiming.asSent
    /// The last exception that was recorded in it.
    public var exception: TelemetryException?
    /// Why its model or agent stopped, as its last `gen_ai.choice` event says; strands has `interrupt` there.
    public var finishReason: String?
    /// What is known of it.
    public var attributes: TelemetryAttributes = [:]
    /// How it ended.
    public var status = Status.unset
    /// Why, in words.
    public var statusMessage = ""

    /// A span of which nothing is known.
    init() {}

    /// Notes when it began and ended, in nanoseconds as OTLP has them.
    mutating func setTimes(start: UInt64, end: UInt64) {
        (self.start, self.end) = (Timestamp(nanoseconds: start), Timestamp(nanoseconds: end))
        timing = SpanTiming(start: start, end: end)
        if case .endBeforeStart = timing { self.end = self.start }
    }
}

/// One log record.
public struct TelemetryLog: Hashable, Sendable {
    /// Which program.
    public var resource = TelemetryResource()
    /// When it happened; zero when the source did not say.
    public var time = Timestamp(milliseconds: 0)
    /// OTLP's number: 9 to 12 information, 13 to 16 warning, 17 and above error.
    public var severity = 0
    /// The event's name, or empty.
    public var name = ""
    /// The text, when the body is one.
    public var body = ""
    /// The trace it belongs to; empty when none.
    public var traceID = ""
    /// What is known of it.
    public var attributes: TelemetryAttributes = [:]

    /// A record of which nothing is known.
    init() {}
}

/// Why a request could not be read at all.
public enum TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are no protobuf of that kind; what is wrong, as the end of a sentence.
    case protobuf(String)
    /// The text is no JSON of that kind.
    case json(String)
    /// A span names no trace, or has no id of its own.
    case withoutIDs
    /// The compressed bytes are no gzip.
    case gzip
    /// The body unpacks to more than is accepted.
    case tooLarge(limit: Int)

    /// What is wrong, for the sender's log and our screen.
    public var description: String {
        switch self {
        case .protobuf(let words): "the protobuf \(words)"
        case .json(let words): "no OTLP JSON: \(words)"
        case .withoutIDs: "a span has no trace id or no span id"
        case .gzip: "the gzip stream is broken"
        case .tooLarge(let limit): "more than \(limit >> 20) MiB when unpacked"
        }
    }
}
