public import WireProtocol

/// Whether the times of a span can be believed; judged by their size alone, as a decoder has no clock.
public enum SpanTiming: Hashable, Sendable {
    /// They are within 2000 and 2200, and in order.
    case asSent
    /// The end was before the start and counts as the start; the end as it was sent.
    case endBeforeStart(end: Timestamp)
    /// They are no times of a span, which is then best given those of its arrival.
    case arrival(Fault)

    /// What is wrong with a time.
    public enum Fault: String, Hashable, Sendable {
        case absent
        /// Seconds since 1970 where nanoseconds belong.
        case seconds
        /// Milliseconds since 1970 where nanoseconds belong.
        case milliseconds
        /// Microseconds since 1970 where nanoseconds belong.
        case microseconds
        /// Any other time before 2000 or after 2200.
        case implausible

        /// What is sent instead of times, for a sentence.
        var words: String {
            switch self {
            case .absent: "missing"
            case .seconds, .milliseconds, .microseconds: "\(rawValue) where OTLP has nanoseconds"
            case .implausible: "before 2000 or after 2200"
            }
        }
    }

    /// 2000-01-01 to 2200-01-01 in seconds since 1970.
    private static let plausible: ClosedRange<UInt64> = 946_684_800...7_258_118_400

    /// Judges two times in nanoseconds since 1970.
    init(start: UInt64, end: UInt64) {
        if let fault = Self.fault(start) ?? Self.fault(end) {
            self = .arrival(fault)
        } else {
            self = end < start ? .endBeforeStart(end: Timestamp(nanoseconds: end)) : .asSent
        }
    }

    private static func fault(_ time: UInt64) -> Fault? {
        if plausible.contains(time / 1_000_000_000) { return nil }
        if time == 0 { return .absent }
        if plausible.contains(time) { return .seconds }
        if plausible.contains(time / 1_000) { return .milliseconds }
        return plausible.contains(time / 1_000_000) ? .microseconds : .implausible
    }
}
