import Testing
import WireProtocol

@testable import Dialects

@Suite struct SenderClocksTests {
    private let now = Timestamp(milliseconds: 1_795_441_770_000)

    private func span(
        from: Duration, to: Duration, of service: String = "shop", instance: String? = nil
    ) -> TelemetrySpan {
        var span = TelemetrySpan()
        var resource: TelemetryAttributes = ["service.name": .string(service)]
        resource["service.instance.id"] = instance.map { .string($0) }
        span.resource = TelemetryResource(resource)
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

    @Test func aProcessIsNotJudgedByAnotherOfItsService() {
        var clocks = SenderClocks()
        _ = clocks.corrected(span(from: .seconds(7199), to: .seconds(7200), instance: "1"), at: now)
        let (other, _) = clocks.corrected(span(from: .seconds(-1), to: .zero, instance: "2"), at: now)
        #expect(other.end == now)
    }

    @Test(arguments: [Duration.seconds(150), .seconds(3600), .seconds(5 * 3600)])
    func aClockThatIsRightAgainIsBelieved(_ skew: Duration) {
        var clocks = SenderClocks()
        #expect(clocks.corrected(span(from: skew + .seconds(-1), to: skew), at: now).0.end == now)
        for _ in 0..<2 {
            #expect(
                clocks.corrected(span(from: .seconds(-4), to: .seconds(-3)), at: now).0.end == now
                    + .seconds(-3))
        }
        #expect(clocks.corrected(span(from: skew + .seconds(-1), to: skew), at: now).0.end == now)
    }

    @Test func aLateRequestOfAFastClockIsStillShifted() {
        var clocks = SenderClocks()
        _ = clocks.corrected(span(from: .seconds(3599), to: .seconds(3600)), at: now)
        let (late, _) = clocks.corrected(span(from: .seconds(3299), to: .seconds(3300)), at: now)
        #expect(late.end == now + .seconds(-300))
    }

    @Test func theLatestEndOfARequestJudgesAllOfItsSpans() {
        var clocks = SenderClocks()
        let spans = [
            span(from: .seconds(-10), to: .seconds(-5)), span(from: .seconds(-10), to: .seconds(60)),
        ]
        _ = clocks.judge(spans, at: now)
        let ends = spans.map { span in
            var span = span
            _ = clocks.correct(&span, at: now)
            return span.end.since(now)
        }
        #expect(ends == [.seconds(-65), .zero])
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
        let remarks = judge([span], at: moment)
        let remark = correct(&span, at: moment)
        return (span, remarks.first ?? remark)
    }
}
