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
    /// The parts, and the answers of other health routes of the same backend.
    public var checks: [CheckRecord] = []
    /// The path and query that answered.
    public var address: String?
    /// The scheme of authorization that the answer asks for, such as `Bearer`; not part of any document.
    public var challenge: String?
    /// Routes that were only guessed and that count for nothing, each with its answer: `/readyz HTTP 404`.
    public var ignored: [String] = []

    /// An unknown health, unless said otherwise.
    public init(_ status: HealthStatus = .unknown) { self.status = status }

    /// Reads `{status, reason, httpStatus, latencyMs, at, checks, address, ignored}`.
    public init?(json: JSONObject) {
        status = json.string("status").flatMap { HealthStatus(rawValue: $0) } ?? .unknown
        reason = json.string("reason")
        httpStatus = json.int("httpStatus")
        latencyMs = json.double("latencyMs")
        at = json.time("at")
        var refused = 0
        checks = json.records("checks", refused: &refused)
        address = json.string("address")
        ignored = (json["ignored"]?.array ?? []).compactMap(\.string)
    }

    /// `{status, reason, httpStatus, latencyMs, at, checks, address, ignored}`.
    public var json: JSONValue {
        var object: JSONObject = ["status": .string(status.rawValue)]
        object.set("reason", reason)
        object.set("httpStatus", httpStatus)
        object.set("latencyMs", latencyMs)
        object.set("at", at)
        object.set("checks", checks)
        object.set("address", address)
        if !ignored.isEmpty { object["ignored"] = .array(ignored.map { .string($0) }) }
        return .object(object)
    }
}

/// What a health route claims to tell.
public enum HealthRouteKind: String, Hashable, Sendable, CaseIterable {
    /// How the whole is.
    case overall
    /// Whether it can serve now.
    case readiness
    /// Whether its process lives; it may live and not be ready.
    case liveness
    /// How one part is.
    case part
}

/// One part of a health answer, or the answer of another health route.
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
    /// Whether the whole may be well without it, as the backend says.
    public var isOptional = false
    /// What the route claims to tell; nil for a part of an answer.
    public var kind: HealthRouteKind?
    /// The HTTP status of the route's own answer.
    public var httpStatus: Int?
    /// How long the route's own answer took, in milliseconds.
    public var latencyMs: Double?
    /// When the route answered.
    public var at: Timestamp?

    /// A part of which only the name is known.
    public init(name: String, status: HealthStatus = .unknown) {
        self.name = name
        self.status = status
    }

    /// Reads `{name, status, observedValue, output, trusted, reason, optional, kind, httpStatus, latencyMs, at}`.
    public init?(json: JSONObject) {
        guard let name = json.string("name") else { return nil }
        self.init(
            name: name, status: json.string("status").flatMap { HealthStatus(rawValue: $0) } ?? .unknown)
        observedValue = json["observedValue"].map { $0.string ?? $0.text }
        output = json.string("output")
        isTrusted = json.bool("trusted") ?? true
        reason = json.string("reason")
        isOptional = json.bool("optional") ?? false
        kind = json.string("kind").flatMap { HealthRouteKind(rawValue: $0) }
        httpStatus = json.int("httpStatus")
        latencyMs = json.double("latencyMs")
        at = json.time("at")
    }

    /// `{name, status, observedValue, output, trusted, reason, optional, kind, httpStatus, latencyMs, at}`.
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "status": .string(status.rawValue)]
        object.set("observedValue", observedValue)
        object.set("output", output)
        object["trusted"] = .bool(isTrusted)
        object.set("reason", reason)
        if isOptional { object["optional"] = true }
        object.set("kind", kind?.rawValue)
        object.set("httpStatus", httpStatus)
        object.set("latencyMs", latencyMs)
        object.set("at", at)
        return .object(object)
    }
}
