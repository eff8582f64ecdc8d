/// What a relayed source sent that could not be used: the snapshot's member `reception`.
public struct ReceptionRecord: WireRecord {
    /// The most addresses that are read.
    private static let maximumUnread = 64

    /// What was received and lost before it reached the relay.
    public var counters = CountersRecord()
    /// What was refused last, and why.
    public var lastRefusal: String?
    /// The addresses that could not be read, and why; at most 64.
    public var unread: [ReadOutcome] = []

    /// A source of which everything could be used.
    public init() {}

    /// Reads `{counters, lastRefusal, unread}`; every member may be absent.
    public init(json: JSONObject) {
        counters = json["counters"]?.object.flatMap { CountersRecord(json: $0) } ?? CountersRecord()
        lastRefusal = json.string("lastRefusal")
        var refused = 0
        unread = Array(json.records("unread", refused: &refused).prefix(Self.maximumUnread))
    }

    /// `{counters, lastRefusal?, unread}`.
    public var json: JSONValue {
        var object: JSONObject = ["counters": counters.json]
        object.set("lastRefusal", lastRefusal)
        object.set("unread", unread)
        return .object(object)
    }
}

extension ReadOutcome: WireRecord {
    /// Reads `{part, address, failure?}`; nil without an address, or for a part of a newer version.
    public init?(json: JSONObject) {
        guard let address = json.string("address"), !address.isEmpty,
            let part = json.string("part").flatMap({ Coverage.Part(rawValue: $0) })
        else { return nil }
        self.init(part, String(address.prefix(200)), failure: json.string("failure"))
    }

    /// `{part, address, failure?}`.
    public var json: JSONValue {
        var object: JSONObject = ["part": .string(part.rawValue), "address": .string(address)]
        object.set("failure", failure)
        return .object(object)
    }
}
