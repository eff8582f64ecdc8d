import ConsoleModel
import PatternDetection
import WireProtocol

/// What was known of a backend when a console was last closed, so that the next one can say what is new.
struct Visit: Equatable {
    /// When.
    var at: Timestamp
    /// Which start of the backend it was.
    var bootID: String?
    /// The verdicts in words, by path.
    var verdicts: [String: String] = [:]
    /// The ids of the findings.
    var findings: Set<String> = []

    /// What a state knows of a backend; nil while nothing was heard.
    init?(_ backend: BackendState, in state: ConsoleState) {
        guard backend.reception.hasSnapshot else { return nil }
        at = state.now
        bootID = backend.identity.bootID
        for row in state.pathTable().rows where row.key.backend == backend.key {
            verdicts[row.record.path.rawValue] = row.judgement.verdict.name
        }
        findings = Set(state.findings.filter { $0.backend == backend.key }.map(\.id))
    }

    init(at: Timestamp) { self.at = at }

    init?(json: JSONValue) {
        guard let at = json["at"]?.integer else { return nil }
        self.at = Timestamp(milliseconds: at)
        bootID = json["boot"]?.string
        for member in json["verdicts"]?.object?.members ?? [] { verdicts[member.name] = member.value.string }
        findings = Set(json["findings"]?.array?.compactMap(\.string) ?? [])
    }

    /// As the state file has it.
    var json: JSONValue {
        var object: JSONObject = ["at": .integer(at.milliseconds)]
        object.set("boot", bootID)
        var paths = JSONObject()
        for (path, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
            paths.append(path, .string(verdict))
        }
        object["verdicts"] = .object(paths)
        object.set("findings", findings.sorted())
        return .object(object)
    }

    /// What is new since then, in one line; nil when nothing is, or when it was a moment ago.
    func news(in now: Visit) -> String? {
        guard now.at.since(at) >= .seconds(60) else { return nil }
        var news: [String] = []
        if let bootID, let other = now.bootID, bootID != other { news.append("restarted") }
        for (path, verdict) in now.verdicts.sorted(by: { $0.key < $1.key }) {
            if let before = verdicts[path], before != verdict {
                news.append("\(path) \(before) → \(verdict)")
            }
        }
        let (fresh, gone) = (
            now.findings.subtracting(findings).count, findings.subtracting(now.findings).count
        )
        if fresh > 0 { news.append("\(fresh) new finding\(fresh == 1 ? "" : "s")") }
        if gone > 0 { news.append("\(gone) gone") }
        return "since your last visit \(AgeText.age(now.at.since(at))) ago: "
            + (news.isEmpty ? "nothing changed" : news.joined(separator: ", "))
    }
}
