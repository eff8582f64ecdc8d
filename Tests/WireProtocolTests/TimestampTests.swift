import Testing
import WireProtocol

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_441_408_745, "2026-11-23T13:43:28.745Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] as [(Int64, String)])
    func momentsAreWrittenAndReadBack(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("2026-11-23T14:43:28.745+01:00", 1_795_441_408_745),
            ("2026-11-23t13:43:28.745999z", 1_795_441_408_745),
            ("2026-11-23T13:43:28Z", 1_795_441_408_000), ("2026-11-23T08:13:28-05:30", 1_795_441_408_000),
        ] as [(String, Int64)])
    func offsetsAndFractionsAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T13:43:28", "2026-11-23T13:43:28.Z", "x",
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func extremesDoNotTrap() {
        let last = Timestamp(milliseconds: .max)
        let first = Timestamp(milliseconds: .min)
        #expect(last.since(first) > .zero)
        #expect(first.since(last) == .zero - last.since(first))
        #expect(first + last.since(first) == last)
        #expect(last + .seconds(Int64.max) == last && last + .seconds(Int64.min) == first)
        #expect(first.rfc3339 == "0000-01-01T00:00:00.000Z" && last.rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(!last.rfc3339.isEmpty)
        #expect(!Timestamp(milliseconds: .min).rfc3339.isEmpty)
    }

    @Test func versionSevenIdentifiersSortByTime() {
        let first = UUIDv7.text(at: Timestamp(milliseconds: 1_000), random: (.max, .max))
        let second = UUIDv7.text(at: Timestamp(milliseconds: 1_001), random: (0, 0))
        #expect(first < second)
        #expect(first == "00000000-03e8-7fff-bfff-ffffffffffff")
    }
}
