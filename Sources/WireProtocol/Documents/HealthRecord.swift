/// The four words that every health status is read as (WIRE.md "Health of others").
public enum HealthStatus: String, Hashable, Sendable, CaseIterable, Comparable {
    case pass, unknown, warn, fail

    /// The order for "the worse of": pass < unknown < warn < fail.
    public static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }

    private var rank: Int {
        switch self {
        case .pass: 0
        case .unknown: 1
        case .warn: 2
        case .fail: 3
        }
    }
}

/// What a health endpoint said, normalised.
public struct HealthRecord: WireRecord {
    /// The normalised status of the whole.
    public var status = HealthStatus.unknown
    /// Why the status is what it is, where that needs words.
    public var reason: String?
    /// The HTTP status of the answer.
    public var httpStatus: Int?
    /// How long the answer took, in milliseconds.
    public var latencyMs: Double?
    /// When it was asked.
    public var at: Timestamp?
    /// The parts.
    public var checks: [CheckRecord] = []

    /// An unknown health, unless said otherwise.
    public init(_ status: HealthStatus = .unknown) { self.status = status }

    /// Reads `{status, reason, httpStatus, latencyMs, at, checks}`.
    public init?(json: JSONObject) {
        status = json.string("status").flatMap { HealthStatus(rawValue: $0) } ?? .unknown
        reason = json.string("reason")
        httpStatus = json.int("httpStatus")
        latencyMs = json.double("latencyMs")
        at = json.time("at")
        var refused = 0
        checks = json.records("checks", refused: &refused)
    }

    /// `{status, reason, httpStatus, latencyMs, at, checks}`.
    public var json: JSONValue {
        var object: JSONObject = ["status": .string(status.rawValue)]
        object.set("reason", reason)
        object.set("httpStatus", httpStatus)
        object.set("latencyMs", latencyMs)
        object.set("at", at)
        object.set("checks", checks)
        return .object(object)
    }
}

/// One part of a health answer.
public struct CheckRecord: WireRecord {
    /// The part's name; nested ones are `parent/child`.
    public var name: String
    /// The normalised status.
    public var status = HealthStatus.unknown
    /// What was measured, as text.
    public var observedValue: String?
    /// What it says in words.
    public var output: String?
    /// Whether the value can be believed.
    public var isTrusted = true
    /// Why it cannot.
    public var reason: String?

    /// A part of which only the name is known.
    public init(name: String, status: HealthStatus = .unknown) {
        self.name = name
        self.status = status
    }

    /// Reads `{name, status, observedValue, output, trusted, reason}`.
    public init?(json: JSONObject) {
        guard let name = json.string("name") else { return nil }
        self.init(
            name: name, status: json.string("status").flatMap { HealthStatus(rawValue: $0) } ?? .unknown)
        observedValue = json["observedValue"].map { $0.string ?? $0.text }
        output = json.string("output")
        isTrusted = json.bool("trusted") ?? true
        reason = json.string("reason")
    }

    /// `{name, status, observedValue, output, trusted, reason}`.
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "status": .string(status.rawValue)]
        object.set("observedValue", observedValue)
        object.set("output", output)
        object["trusted"] = .bool(isTrusted)
        object.set("reason", reason)
        return .object(object)
    }
}
