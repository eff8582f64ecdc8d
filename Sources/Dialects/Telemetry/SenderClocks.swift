import WireProtocol

/// The clocks of those who send: times that cannot be meant become the arrival, and a clock that is off is
/// corrected by what it is off.
struct SenderClocks {
    /// How far in the past a span may have ended: a collector that cannot deliver tries again for 5 min
    /// (`max_elapsed_time`), and an SDK holds a batch for 5 s.
    static let lateness = Duration.seconds(600)
    /// How far ahead another clock may be without being corrected: 2 s.
    static let tolerance = Duration.seconds(2)
    /// How many services are told apart.
    private static let maximumServices = 1_000
    /// How far each service's clock is ahead of ours; negative for one that is behind.
    private var skews: [String: Duration] = [:]
    /// The services that sent times that are none.
    private var faults: Set<String> = []

    /// The span with times that fit ours, and a remark when its service's clock is off by more than before.
    mutating func corrected(_ span: TelemetrySpan, at moment: Timestamp) -> (TelemetrySpan, String?) {
        var span = span
        let service = span.resource.service
        if case .arrival(let fault) = span.timing {
            (span.start, span.end) = (moment, moment)
            let isNew = faults.count < Self.maximumServices && faults.insert(service).inserted
            return (
                span,
                isNew
                    ? "\(service) sends spans whose times are \(fault.words); they are shown at their arrival"
                    : nil
            )
        }
        let ahead = span.end.since(moment)
        var remark: String?
        if let skew = skews[service] {
            if skew < .zero, ahead > .zero - Self.lateness {
                // It was kept back, and its clock is right.
                skews[service] = nil
            } else if ahead - skew > Self.tolerance {
                // The clock is at least as far ahead as the latest end shows.
                skews[service] = ahead
            }
        } else if ahead > Self.tolerance || ahead < .zero - Self.lateness, skews.count < Self.maximumServices
        {
            skews[service] = ahead
            remark = Self.words(service, ahead)
        }
        if let skew = skews[service] {
            span.start = span.start + (.zero - skew)
            span.end = span.end + (.zero - skew)
        }
        return (span, remark)
    }

    private static func words(_ service: String, _ ahead: Duration) -> String {
        let seconds = abs(ahead.components.seconds)
        let text =
            seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
        return ahead > .zero
            ? "the clock of \(service) is \(text) ahead; its times are shown \(text) earlier"
            : "spans of \(service) arrive \(text) after their end: its clock is behind, or they were kept back; "
                + "its times are shown \(text) later"
    }
}
