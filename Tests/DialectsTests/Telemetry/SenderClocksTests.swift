import Testing
import WireProtocol

@testable import Dialects

@Suite struct SenderClocksTests {
    private let now = Timestamp(milliseconds: 1_795_441_770_000)

    private func span(from: Duration, to: Duration, of service: String = "shop") -> TelemetrySpan {
        var span = TelemetrySpan()
        span.resource = TelemetryResource(["service.name": .string(service)])
        (span.start, span.end) = (now + from, now + to)
        return span
    }

    @Test func timesThatFitAreKept() {
        var clocks = SenderClocks()
        let sent = span(from: .seconds(-65), to: .seconds(-60))
        let (read, remark) = clocks.corrected(sent, at: now)
        #expect(read == sent)
        #expect(remark == nil)
    }

    @Test(arguments: [Duration.seconds(3 * 3600), .seconds(-3 * 3600)])
    func aClockThatIsOffByHoursIsCorrectedAndMentionedOnce(_ skew: Duration) {
        var clocks = SenderClocks()
        let (first, remark) = clocks.corrected(span(from: skew + .seconds(-2), to: skew), at: now)
        #expect(first.start == now + .seconds(-2))
        #expect(first.end == now)
        #expect(remark?.contains("3 h") == true)
        let (second, again) = clocks.corrected(
            span(from: skew, to: skew + .seconds(1)), at: now + .seconds(1))
        #expect(second.end == now + .seconds(1))
        #expect(again == nil)
    }

    @Test func aServiceIsNotJudgedByAnother() {
        var clocks = SenderClocks()
        _ = clocks.corrected(span(from: .seconds(7199), to: .seconds(7200)), at: now)
        let (other, _) = clocks.corrected(span(from: .seconds(-1), to: .zero, of: "kitchen"), at: now)
        #expect(other.end == now)
    }

    @Test func aBatchThatWasKeptBackDoesNotMoveWhatFollows() {
        var clocks = SenderClocks()
        _ = clocks.corrected(span(from: .seconds(-7201), to: .seconds(-7200)), at: now)
        let (live, _) = clocks.corrected(span(from: .seconds(-1), to: .zero), at: now)
        #expect(live.end == now)
    }

    @Test func timesThatAreNoneAreTheArrivalAndMentionedOnce() {
        var clocks = SenderClocks()
        var sent = TelemetrySpan()
        sent.setTimes(start: 1_795_441_770_000, end: 1_795_441_771_000)
        let (read, remark) = clocks.corrected(sent, at: now)
        #expect((read.start, read.end) == (now, now))
        #expect(remark?.contains("milliseconds where OTLP has nanoseconds") == true)
        #expect(clocks.corrected(sent, at: now).1 == nil)
    }
}

extension SenderClocks {
    /// A copy of the span with times that fit ours, and the remark.
    fileprivate mutating func corrected(_ span: TelemetrySpan, at moment: Timestamp) -> (
        TelemetrySpan, String?
    ) {
        var span = span
        let remark = correct(&span, at: moment)
        return (span, remark)
    }
}
