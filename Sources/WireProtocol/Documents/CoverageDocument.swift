/// How a coverage travels: a monitoring root that relays another source reports what that source can show.
extension Coverage: WireRecord {
    /// Reads `{missing, notes, timing, silentWithinSteps, listed}`; parts of a newer version are left out.
    public init?(json: JSONObject) {
        guard let reasons = json["missing"]?.object else { return nil }
        self.init(
            notes: Array(json.strings("notes").prefix(100)),
            timing: json.string("timing").flatMap { Timing(rawValue: $0) } ?? .asItHappens)
        for part in Part.allCases { missing[part] = reasons.string(part.rawValue) }
        isSilentWithinSteps = json.bool("silentWithinSteps") ?? false
        for part in Part.allCases {
            guard let row = json["listed"]?[part.rawValue]?.object, let read = row.int("read") else {
                continue
            }
            listed[part] = Listed(
                read: read, total: row.int("total"), missesUrgent: row.bool("missesUrgent") ?? false)
        }
    }

    /// `{missing: {PART: reason}, notes, timing, silentWithinSteps?, listed?}`.
    public var json: JSONValue {
        var reasons = JSONObject()
        var rows = JSONObject()
        for part in Part.allCases {
            reasons.set(part.rawValue, missing[part])
            guard let list = listed[part] else { continue }
            var row = JSONObject()
            row.set("read", list.read)
            row.set("total", list.total)
            if list.missesUrgent { row["missesUrgent"] = true }
            rows[part.rawValue] = .object(row)
        }
        var object: JSONObject = ["missing": .object(reasons)]
        object.set("notes", notes)
        object.set("timing", timing.rawValue)
        if isSilentWithinSteps { object["silentWithinSteps"] = true }
        if !rows.members.isEmpty { object["listed"] = .object(rows) }
        return .object(object)
    }
}

/// Which source a monitoring root relays, and what that source can show: `relays` in its health document.
public struct RelayRecord: WireRecord {
    /// The dialect in which the source was read, such as `otlp`.
    public var dialect: String
    /// What it can show.
    public var coverage: Coverage

    /// Names a source.
    public init(dialect: String, coverage: Coverage) {
        self.dialect = dialect
        self.coverage = coverage
    }

    /// Reads `{dialect, coverage}`; nil without either, because then nothing may be claimed.
    public init?(json: JSONObject) {
        guard let dialect = json.string("dialect"), !dialect.isEmpty,
            let coverage = json["coverage"]?.object.flatMap({ Coverage(json: $0) })
        else { return nil }
        self.init(dialect: String(dialect.prefix(64)), coverage: coverage)
    }

    /// `{dialect, coverage}`.
    public var json: JSONValue { ["dialect": .string(dialect), "coverage": coverage.json] }
}
