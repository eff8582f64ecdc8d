import WireProtocol

/// Reads moments as servers write them, and refuses those that cannot be meant.
enum PlausibleTime {
    /// How far ahead of ours another clock may be: a minute, which a machine without NTP reaches.
    static let tolerance = Duration.seconds(60)
    /// 2000-01-01T00:00:00Z: an earlier moment is a zero, or a number in another unit.
    private static let earliest = Timestamp(milliseconds: 946_684_800_000)

    /// The moment in RFC 3339, with or without an offset (then UTC), or as a number since the Unix epoch.
    ///
    /// Seconds, milliseconds, microseconds and nanoseconds are distinguished by their size: from 2000 to 5138
    /// the ranges do not meet. Returns nil when it is absent, before 2000 or in the future.
    static func timestamp(_ json: JSONValue?, now: Timestamp) -> Timestamp? {
        guard let moment = moment(json), moment >= earliest, moment <= now + tolerance else { return nil }
        return moment
    }

    /// The moment, or where it is absent or implausible the arrival; and whether it is the arrival.
    static func orArrival(_ json: JSONValue?, at arrival: Timestamp) -> (Timestamp, isArrival: Bool) {
        timestamp(json, now: arrival).map { ($0, isArrival: false) } ?? (arrival, isArrival: true)
    }

    private static func moment(_ json: JSONValue?) -> Timestamp? {
        guard let text = json?.string else { return json?.double.flatMap(sinceEpoch) }
        return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") ?? Double(text).flatMap(sinceEpoch)
    }

    private static func sinceEpoch(_ number: Double) -> Timestamp? {
        let perMillisecond: Double =
            switch abs(number) {
            case ..<1e11: 0.001
            case ..<1e14: 1
            case ..<1e17: 1e3
            default: 1e6
            }
        return Int64(exactly: (number / perMillisecond).rounded()).map(Timestamp.init(milliseconds:))
    }
}
