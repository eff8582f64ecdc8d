import WireProtocol

/// The clocks of the senders. Times that cannot be right become the arrival, and the times of a clock that is
/// fast or slow are shifted.
struct SenderClocks {
    /// How far in the past a span may have ended: a collector that cannot deliver tries again for 5 min
    /// (`max_elapsed_time`), and an SDK holds a batch for 5 s.
    static let lateness = Duration.seconds(600)
    /// How far ahead another clock may be before its times are shifted: 2 s.
    static let tolerance = Duration.seconds(2)
    /// How many services are told apart.
    private static let maximumServices = 1_000
    /// How far each service's clock is ahead of ours; negative for one that is behind.
    private var skews: [String: Duration] = [:]
    /// The services about which a remark was made.
    private var mentioned: Set<String> = []

    /// Gives a span times that fit ours, and returns one remark for each service whose times do not.
    mutating func correct(_ span: inout TelemetrySpan, at moment: Timestamp) -> String? {
        let service = span.resource.service
        var remark: String?
        switch span.timing {
        case .asSent: break
        case .endBeforeStart:
            remark = "spans from \(service) end before they start; they have no duration here"
        case .arrival(let fault):
            (span.start, span.end) = (moment, moment)
            return once("times from \(service) are \(fault.words); arrival times are shown", service)
        }
        let ahead = span.end.since(moment)
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
        return remark.flatMap { once($0, service) }
    }

    /// The remark, if none was made about the service.
    private mutating func once(_ remark: String, _ service: String) -> String? {
        guard mentioned.count < Self.maximumServices, mentioned.insert(service).inserted else { return nil }
        return remark
    }

    private static func words(_ service: String, _ ahead: Duration) -> String {
        let seconds = abs(ahead.components.seconds)
        let text =
            seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
        return ahead > .zero
            ? "the clock of \(service) is \(text) fast; its times are shown \(text) earlier"
            : "spans from \(service) arrive \(text) after they ended: its clock is slow or they were delayed; "
                + "their times are shown \(text) later"
    }
}
