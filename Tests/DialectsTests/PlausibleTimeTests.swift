import Testing
import WireProtocol

@testable import Dialects

/// Moments as servers write them.
@Suite struct PlausibleTimeTests {
    private static let now = Timestamp(milliseconds: 1_795_999_077_500)

    @Test(
        arguments: [
            (.string("2026-11-30T00:37:57.25Z"), 1_795_999_077_250),
            (.string("2026-11-30T01:37:57+01:00"), 1_795_999_077_000),
            (.string("2026-11-30T00:37:57"), 1_795_999_077_000),
            (.string("2026-11-30 00:37:57.25"), 1_795_999_077_250),
            (.string("1795999077"), 1_795_999_077_000),
            (.integer(1_795_999_077), 1_795_999_077_000), (.number(1_795_999_077.2935853), 1_795_999_077_294),
            (.integer(1_795_999_077_250), 1_795_999_077_250),
            (.integer(1_795_999_077_250_001), 1_795_999_077_250),
            (.integer(1_795_999_077_250_000_001), 1_795_999_077_250),
        ] as [(JSONValue, Int64)]) func areReadInEveryUnit(_ json: JSONValue, _ milliseconds: Int64)
    {
        #expect(PlausibleTime.timestamp(json, now: Self.now)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            nil, .null, .bool(true), .string(""), .string("soon"), .string("1970-01-01T00:00:00Z"),
            .integer(0),
            .integer(-1_795_999_077), .integer(1), .number(.infinity), .number(.nan), .integer(.max),
            .string("nan"), .string("2026-12-01T00:00:00Z"), .integer(1_796_000_000), .integer(946_684_799),
        ] as [JSONValue?]) func areRefusedWhenTheyCannotBeMeant(_ json: JSONValue?)
    {
        #expect(PlausibleTime.timestamp(json, now: Self.now) == nil)
        let (moment, isArrival) = PlausibleTime.orArrival(json, at: Self.now)
        #expect(moment == Self.now && isArrival)
    }

    @Test(arguments: [(60, true), (61, false)]) func ofAClockAheadAreTakenUpToAMinute(
        _ seconds: Int64, _ isTaken: Bool
    ) {
        let stated = JSONValue.integer((Self.now + .seconds(seconds)).milliseconds)
        #expect(PlausibleTime.orArrival(stated, at: Self.now).isArrival != isTaken)
    }
}
