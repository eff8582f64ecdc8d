import WireProtocol

/// What outlives one console: acknowledged and snoozed findings, bookmarks. ``Effect/remember(_:)`` carries all of it.
public struct Remembered: Equatable, Sendable, Codable {
    /// When findings were acknowledged, by ``key(_:_:)``, in milliseconds since 1970.
    public var acknowledged: [String: Int64] = [:]
    /// Until when findings are snoozed, by ``key(_:_:)``, in milliseconds since 1970.
    public var snoozed: [String: Int64] = [:]
    /// Events with a note, oldest first; at most ``maximumBookmarks``.
    public var bookmarks: [Bookmark] = []

    /// The most bookmarks that are kept; the oldest go first.
    public static let maximumBookmarks = 500
    /// The most findings that are remembered in each way.
    public static let maximumFindings = 2000

    /// Nothing remembered.
    public init() {}

    /// What a finding is remembered by: the backend's address and the finding's id.
    public static func key(_ url: String, _ id: String) -> String { url + " " + id }
}

/// An event that somebody wants to find again.
public struct Bookmark: Hashable, Sendable, Codable {
    /// The hash of its line: the same event has the same one in a later console.
    public let fingerprint: UInt64
    /// When it was sent, in milliseconds since 1970.
    public let at: Int64
    /// What somebody wrote about it.
    public var note: String

    /// Marks an event.
    public init(fingerprint: UInt64, at: Int64, note: String) {
        self.fingerprint = fingerprint
        self.at = at
        self.note = note
    }

    /// FNV-1a over the line as it came, 64 bits (draft-eastlake-fnv-17, section 2).
    public static func fingerprint(of line: [UInt8]) -> UInt64 {
        line.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
