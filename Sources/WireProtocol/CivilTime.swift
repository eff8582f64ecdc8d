/// A moment split into calendar fields in UTC (proleptic Gregorian).
struct CivilTime {
    let year, month, day, hour, minute, second, millisecond: Int

    /// Splits a moment.
    init(_ moment: Timestamp) {
        let milliseconds = moment.milliseconds
        let days = Int(milliseconds.flooredQuotient(86_400_000))
        let rest = Int(milliseconds - Int64(days) * 86_400_000)
        (hour, minute, second, millisecond) = (
            rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000
        )
        // Days to calendar by 400-year eras that begin on 1 March, so that the leap day is a year's last.
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Milliseconds of an RFC 3339 text, or nil when it is not one.
    static func milliseconds(rfc3339 text: [UInt8]) -> Int64? {
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= text.count else { return nil }
            var value = 0
            for byte in text[start..<start + count] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func has(_ index: Int, _ characters: String) -> Bool {
            index < text.count && characters.utf8.contains(text[index])
        }
        guard let year = number(0, 4), has(4, "-"), let month = number(5, 2), has(7, "-"),
            let day = number(8, 2), has(10, "Tt "), let hour = number(11, 2), has(13, ":"),
            let minute = number(14, 2), has(16, ":"), let second = number(17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if has(index, ".") {
            index += 1
            var scale: Int64 = 100
            let start = index
            while let digit = number(index, 1) {
                fraction += Int64(digit) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        var offset: Int64 = 0
        if has(index, "Zz") {
            index += 1
        } else {
            guard has(index, "+-"), let hours = number(index + 1, 2), has(index + 3, ":"),
                let minutes = number(index + 4, 2)
            else { return nil }
            offset = Int64(hours * 60 + minutes) * 60_000 * (has(index, "-") ? -1 : 1)
            index += 6
        }
        guard index == text.count else { return nil }
        let time = Int64(hour * 3600 + minute * 60 + second) * 1000 + fraction
        return days(year, month, day) * 86_400_000 + time - offset
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredQuotient(400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }
}

extension BinaryInteger {
    /// The quotient rounded down, unlike `/`, which rounds towards zero.
    fileprivate func flooredQuotient(_ divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
