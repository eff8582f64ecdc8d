import Testing
import WireProtocol

/// Numbers of any size become counts and moments that can be added and multiplied.
@Suite struct WireNumberTests {
    private static let largest = WireNumber.largest

    @Test(
        arguments: [
            ("9223372036854775807", largest), ("-9223372036854775808", -largest), ("1e18", largest),
            ("9007199254740992", largest), ("9007199254740991", largest - 1), ("-5", -5), ("7.0", 7),
        ] as [(String, Int)])
    func aCountIsTheNearestWithinTheBounds(_ text: String, _ count: Int) throws {
        let object = try #require(try JSONParser.parse("{\"n\":\(text)}".utf8).object)
        #expect(object.int("n") == count)
        #expect(object["n"]?.count == count)
    }

    @Test(arguments: [("1e308", Double(largest)), ("-1e999", -Double(largest)), ("0.5", 0.5)])
    func aMeasureIsFiniteAndFitsAWholeNumber(_ text: String, _ measure: Double) throws {
        let object = try #require(try JSONParser.parse("{\"n\":\(text)}".utf8).object)
        #expect(object.double("n") == measure)
        #expect(WireNumber.measure(.nan) == 0)
    }

    /// What the console does with counts: a sum over its rows, and a share in hundredths.
    @Test func sumsAndSharesOfTheLargestCountsFit() {
        #expect((0..<1000).reduce(0) { sum, _ in sum + Self.largest } == 1000 * Self.largest)
        #expect(Self.largest * 100 / Self.largest == 100)
    }

    @Test(arguments: [Int64.max, .min, 253_402_300_800_000]) func aMomentOutsideTheYearsIsTheNearestInside(
        _ milliseconds: Int64
    ) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
    }

    @Test(arguments: [Int64.max, .min, .max / 1000, .min / 1000, 0, -1]) func everyDurationHasMilliseconds(
        _ seconds: Int64
    ) {
        let whole = Duration.seconds(seconds).wholeMilliseconds
        #expect(whole.signum() == seconds.signum())
    }

    @Test func anEventsNumbersAreBoundedToo() throws {
        let line =
            "{\"type\":\"X\",\"timestamp\":9223372036854775807,\"metadata\":{\"seq\":9223372036854775807}}"
        let batch = EventBatch(lines: Array(line.utf8))
        let event = try #require(batch.events.first)
        #expect(event.sequence == Self.largest)
        #expect(event.timestamp == Timestamp(milliseconds: .max))
    }
}
