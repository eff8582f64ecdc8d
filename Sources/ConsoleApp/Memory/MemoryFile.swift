import ConsoleModel
import Screen
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// What outlives one console, in `$XDG_STATE_HOME/ctxtop/state.json`: what was acknowledged, bookmarks, the last visit.
///
/// A file that cannot be read is as good as none; one that cannot be written is
/// said once, for a console must work in a read-only home.
struct MemoryFile {
    /// What the store remembers.
    var remembered = Remembered()
    /// What was known of each backend when a console was last closed, by URL.
    var visits: [String: Visit] = [:]
    /// How many consoles were opened before.
    var openedBefore = 0

    /// The most backends whose last visit is kept; the oldest go first.
    static let maximumVisits = 200

    private static var path: String { StandardPaths.state + "/state.json" }

    /// Reads the file, as far as it can be understood.
    static func load() -> MemoryFile {
        guard let text = TextFile.read(path) else { return MemoryFile() }
        return MemoryFile(text)
    }

    /// Reads a file's text, as far as it can be understood.
    init(_ text: String) {
        guard let json = try? JSONParser.parse(Array(text.utf8)) else { return }
        openedBefore = json["opened"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        remembered.acknowledged = Self.times(json["acknowledged"])
        remembered.snoozed = Self.times(json["snoozed"])
        for entry in json["bookmarks"]?.array ?? [] {
            guard let fingerprint = entry["fingerprint"]?.string.flatMap({ UInt64($0, radix: 16) }),
                let at = entry["at"]?.integer
            else { continue }
            remembered.bookmarks.append(
                Bookmark(fingerprint: fingerprint, at: at, note: entry["note"]?.string ?? ""))
        }
        for member in json["visits"]?.object?.members ?? [] {
            visits[member.name] = Visit(json: member.value)
        }
    }

    init() {}

    /// Writes the file; false, with `errno`, when that fails.
    func save() -> Bool {
        TextFile.makeFolder(StandardPaths.state) && TextFile.replace(Self.path, with: text)
    }

    /// The file's text.
    var text: String {
        var visits = JSONObject()
        let kept = self.visits.sorted { $0.value.at > $1.value.at }.prefix(Self.maximumVisits)
        for (url, visit) in kept { visits.append(url, visit.json) }
        let document: JSONValue = [
            "schema": "ctxtop.state/1", "opened": .integer(Int64(openedBefore)),
            "acknowledged": Self.json(remembered.acknowledged), "snoozed": Self.json(remembered.snoozed),
            "bookmarks": .array(
                remembered.bookmarks.map { bookmark in
                    [
                        "fingerprint": .string(String(bookmark.fingerprint, radix: 16)),
                        "at": .integer(bookmark.at), "note": .string(bookmark.note),
                    ]
                }), "visits": .object(visits),
        ]
        return document.prettyText + "\n"
    }

    private static func times(_ json: JSONValue?) -> [String: Int64] {
        var times: [String: Int64] = [:]
        for member in json?.object?.members ?? [] { times[member.name] = member.value.integer }
        return times
    }

    private static func json(_ times: [String: Int64]) -> JSONValue {
        var object = JSONObject()
        for (name, time) in times.sorted(by: { $0.key < $1.key }) { object.append(name, .integer(time)) }
        return .object(object)
    }
}
