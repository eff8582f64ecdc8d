import WireProtocol

/// The clocks of the senders. Times that cannot be right become the arrival, and the times of a clock that is
/// fast or slow are shifted.
///
/// A clock is judged by the latest end in each request: an exporter sends within seconds of it. Call
/// ``judge(_:at:)`` with a request's spans, then ``correct(_:at:)`` with each of them.
struct SenderClocks {
    /// How far in the past a span may have ended: a collector that cannot deliver tries again for 5 min
    /// (`max_elapsed_time`), and an SDK holds a batch for 5 s.
    static let lateness = Duration.seconds(600)
    /// How far ahead another clock may be before its times are shifted: 2 s.
    static let tolerance = Duration.seconds(2)
    /// How long ago the latest span of a punctual request may have ended: three times what an SDK holds a batch.
    private static let punctuality = Duration.seconds(15)
    /// How many senders are told apart.
    private static let maximumSenders = 1_000

    /// A process, or all that share a service's name and give no `service.instance.id`.
    private struct Sender: Hashable {
        let service: String
        let instance: String?
    }

    /// How far each sender's clock is ahead of ours; negative for one that is behind.
    private var skews: [Sender: Duration] = [:]
    /// The services about which a remark was made.
    private var mentioned: Set<String> = []

    /// Judges the clocks of a request's senders, and returns one remark for each service whose clock is wrong.
    mutating func judge(_ spans: [TelemetrySpan], at moment: Timestamp) -> [String] {
        var latest: [Sender: Duration] = [:]
        for span in spans {
            if case .arrival = span.timing { continue }
            let sender = Self.sender(of: span)
            let ahead = span.end.since(moment)
            latest[sender] = max(latest[sender] ?? ahead, ahead)
        }
        var remarks: [String] = []
        for (sender, ahead) in latest.sorted(by: { ($0.key.service, $0.value) < ($1.key.service, $1.value) })
        {
            let skew = Self.skew(ahead, known: skews[sender])
            guard let skew, skews[sender] != nil || skews.count < Self.maximumSenders else {
                skews[sender] = nil
                continue
            }
            let isNew = skews[sender] == nil
            skews[sender] = skew
            if isNew, let remark = once(Self.words(sender.service, skew), sender.service) {
                remarks.append(remark)
            }
        }
        return remarks
    }

    /// How far ahead a clock is of which the latest end is `ahead` of our time; nil for one that is right.
    private static func skew(_ ahead: Duration, known: Duration?) -> Duration? {
        // A request that was kept back fits the skew that is known already.
        if let known, known - ahead <= lateness, ahead - known <= tolerance {
            let isPunctual = ahead <= tolerance && ahead >= .zero - punctuality
            // A clock that fits ours as it is has been set, or is another process's.
            return isPunctual || known < .zero && ahead > .zero - lateness ? nil : known
        }
        return ahead > tolerance || ahead < .zero - lateness ? ahead : nil
    }

    /// Gives a span times that fit ours, and returns a remark, once for each service, if it had none.
    mutating func correct(_ span: inout TelemetrySpan, at moment: Timestamp) -> String? {
        let service = span.resource.service
        switch span.timing {
        case .asSent, .endBeforeStart: break
        case .arrival(let fault):
            (span.start, span.end) = (moment, moment)
            return once("times from \(service) are \(fault.words); arrival times are shown", service)
        }
        if let skew = skews[Self.sender(of: span)] {
            span.start = span.start + (.zero - skew)
            span.end = span.end + (.zero - skew)
        }
        guard case .endBeforeStart = span.timing else { return nil }
        return once("spans from \(service) end before they start; they have no duration here", service)
    }

    private static func sender(of span: TelemetrySpan) -> Sender {
        Sender(service: span.resource.service, instance: span.resource.instance)
    }

    /// The remark, if none was made about the service.
    private mutating func once(_ remark: String, _ service: String) -> String? {
        guard mentioned.count < Self.maximumSenders, mentioned.insert(service).inserted else { return nil }
        return remark
    }

    private static func words(_ service: String, _ ahead: Duration) -> String {
        let seconds = abs(ahead.components.seconds)
        let text =
            seconds < 120
            ? "\(seconds) s" : seconds < 7170 ? "\((seconds + 30) / 60) min" : "\((seconds + 1800) / 3600) h"
        return ahead > .zero
            ? "the clock of \(service) is \(text) fast; its times are shown \(text) earlier"
            : "spans from \(service) arrive \(text) after they ended: its clock is slow or they were delayed; "
                + "their times are shown \(text) later"
    }
}
