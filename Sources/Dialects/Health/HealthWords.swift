public import WireProtocol

/// The vocabulary of health: which words mean pass, warn or fail (WIRE.md "Health of others").
public struct HealthWords: Hashable, Sendable {
    /// The words that every reader shares; none is taught.
    public static let standard = HealthWords()

    /// The words of `[health.words]`, in lower case; they win over the shared ones.
    public let taught: [String: HealthStatus]

    /// The shared words and those of `taught`, whatever their case.
    public init(taught: [String: HealthStatus] = [:]) {
        self.taught = Dictionary(
            taught.map { (Self.spelled($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static let pass: Set<String> = [
        "pass", "ok", "up", "healthy", "success", "passing", "serving", "alive", "ready", "true",
        "passed", "passes", "live", "server_available", "service_available",
    ]
    private static let warn: Set<String> = [
        "warn", "warning", "warnings", "degraded", "partial", "recoverable_error",
    ]
    private static let fail: Set<String> = [
        "fail", "failure", "failed", "error", "down", "unhealthy", "critical", "not_serving",
        "out_of_service", "false", "errors", "failures", "failing", "fails", "service_unavailable",
        "server_unavailable",
        "disconnected", "unreachable", "unresponsive", "offline", "dead", "permanent_error", "fatal_error",
    ]
    /// States that say something only where they are negated.
    static let states: Set<String> = [
        "available", "running", "responding", "connected", "reachable", "operational", "online", "live",
    ]

    /// One word, whatever its case and the signs around it: `Up!`, `out-of-service`, `NOT READY`.
    ///
    /// Words written together count as their parts: `NotReady`, `StatusOK`.
    public func status(_ word: String) -> HealthStatus {
        let whole = known(Self.spelled(word))
        // `errors: []` is more than the word.
        if let sign = word.firstIndex(where: { $0 == ":" || $0 == "=" }), taught[Self.spelled(word)] == nil,
            word[sign...].dropFirst().contains(where: { !$0.isWhitespace })
        {
            return .unknown
        }
        return whole == .unknown ? known(Self.parts(of: word)) : whole
    }

    /// A word written together, as its parts, without the `Status` that names of constants begin with.
    static func parts(of word: String) -> String {
        var parted = ""
        var wasLower = false
        for character in word {
            if character.isUppercase, wasLower { parted.append("_") }
            parted.append(character)
            wasLower = character.isLowercase
        }
        let parts = spelled(parted)
        return parts.hasPrefix("status_") ? String(parts.dropFirst("status_".count)) : parts
    }

    /// What a word says that is spelled as the lists spell it.
    private func known(_ word: String) -> HealthStatus {
        if let known = taught[word] { return known }
        if Self.pass.contains(word) { return .pass }
        if Self.warn.contains(word) { return .warn }
        if Self.fail.contains(word) { return .fail }
        guard word.hasPrefix("not_") else { return .unknown }
        let denied = String(word.dropFirst("not_".count))
        return Self.pass.contains(denied) || Self.states.contains(denied) ? .fail : .unknown
    }

    /// A word as the lists spell it: lower case, `_` between its parts, without signs around it.
    private static func spelled(_ word: String) -> String {
        let parts = word.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }
        var spelled = parts.joined(separator: "_")[...]
        while let last = spelled.last, !last.isLetter, !last.isNumber { spelled.removeLast() }
        while let first = spelled.first, !first.isLetter, !first.isNumber { spelled.removeFirst() }
        return String(spelled)
    }

    /// What a status text says: one word, else the worst that its sentence states; unknown without a known word.
    func stated(_ text: String) -> HealthStatus {
        let whole = status(text)
        if whole != .unknown { return whole }
        if let code = Self.leadingCode(text) { return code }
        // A single token is a name and is not taken apart: `error_count` is no error.
        guard text.contains(where: \.isWhitespace) else { return .unknown }
        return HealthSentence.read(text, self)?.status ?? .unknown
    }

    /// What the HTTP status says that a text is, or begins with: `503`, `503 Service Unavailable`.
    private static func leadingCode(_ text: String) -> HealthStatus? {
        let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let first = parts.first, first.utf8.count == 3, let code = Int64(first),
            parts.count == 1 || parts[1].first?.isUppercase == true
        else { return nil }
        let said = Self.code(.integer(code))
        return parts.count == 1 || said == .fail ? said : nil
    }

    /// A JSON value that states a status: a text or a truth value.
    func value(_ value: JSONValue) -> HealthStatus? {
        switch value {
        case .string(let text): stated(text)
        case .bool(let isWell): isWell ? .pass : .fail
        default: nil
        }
    }

    /// A number that can be an HTTP status.
    static func code(_ value: JSONValue) -> HealthStatus? {
        guard let code = value.integer, (100...599).contains(code) else { return nil }
        return code < 400 ? .pass : .fail
    }

    /// What an HTTP status says: 2xx pass, 5xx fail, and everything else nothing about health.
    static func httpClass(_ status: Int) -> HealthStatus {
        switch status {
        case 200..<300: .pass
        case 500...: .fail
        default: .unknown
        }
    }

    /// Members that state the health of the object they are in, the most telling first.
    private static let statements = [
        "status", "state", "health", "overall_status", "overall_health", "overallstatus", "overallhealth",
        "overall",
    ]
    /// Members that state it by a truth value; any other truth value says nothing (Vault's `sealed`).
    static let truths: Set<String> = ["ok", "healthy", "ready", "alive", "up"]
    /// The same for whole names, of which `passed` and `serving` are py-healthcheck's and gRPC's over JSON.
    private static let wholeTruths: Set<String> = truths.union([
        "passed", "serving", "success", "live", "liveness", "readiness",
    ])
    /// Members that are bad news where they are true, and no news where they are not.
    static let badNews: Set<String> = ["unhealthy", "degraded", "down", "failed", "failing"]
    /// Members that are an HTTP status.
    private static let codes: Set<String> = ["statuscode", "status_code", "httpstatus", "http_status"]

    /// What an object says about its own state: the first of the usual members, or worse where a truth value is.
    func stated(_ object: JSONObject) -> HealthStatus? {
        let truth = truth(of: object)
        guard let statement = statement(of: object) else {
            return truth ?? stated(shallow: object) ?? object.anyCase("code").flatMap(Self.failure)
        }
        return max(statement, truth ?? statement)
    }

    /// The first of the usual members that states a status.
    private func statement(of object: JSONObject) -> HealthStatus? {
        for name in Self.statements {
            guard let value = object.anyCase(name) else { continue }
            if let status = self.value(value) { return status }
            // Only `status` is an HTTP status when it is a number; a `health` of 100 is something else.
            if name == "status", let status = Self.code(value) { return status }
            if let inner = value.object, let status = stated(shallow: inner) { return status }
        }
        return nil
    }

    /// The worst truth value of an object, or of the texts that are known words.
    private func stated(shallow object: JSONObject) -> HealthStatus? {
        let texts = Self.statements.compactMap { name in
            object.anyCase(name).flatMap { value in
                if case .bool = value { self.value(value) } else { value.string.map { stated($0) } }
            }
        }
        return (texts.filter { $0 != .unknown } + [truth(of: object)].compactMap { $0 }).max()
    }

    /// The worst of the truth values and HTTP statuses of an object; nil when there is none that says something.
    private func truth(of object: JSONObject) -> HealthStatus? {
        object.members.compactMap { truth($0.value, named: $0.name.lowercased()) }.max()
    }

    private func truth(_ value: JSONValue, named name: String) -> HealthStatus? {
        if Self.codes.contains(name) { return Self.code(value) ?? Self.failure(value) }
        if Self.badNews.contains(name) {
            return Self.truth(value) == true ? name == "degraded" ? .warn : .fail : nil
        }
        guard Self.wholeTruths.contains(name) else { return nil }
        switch value {
        case .string(let text):
            if let isWell = Self.truth(value) { return isWell ? .pass : .fail }
            let status = stated(text)
            return status == .unknown ? nil : status
        case .bool(let isWell): return isWell ? .pass : .fail
        // MongoDB and others write `"ok": 1`; other numbers, and those of other names, are counts.
        case .integer(let number) where Self.truths.contains(name) && (0...1).contains(number):
            return number == 1 ? .pass : .fail
        default: return nil
        }
    }

    /// A truth value, which may be written in words.
    private static func truth(_ value: JSONValue) -> Bool? {
        switch value {
        case .bool(let isTrue): isTrue
        case .string(let text):
            switch spelled(text) {
            case "yes", "y", "true", "1", "on": true
            case "no", "n", "false", "0", "off": false
            default: nil
            }
        default: nil
        }
    }

    /// An HTTP status that is a failure, as a number or a text; a `code` of 200 may be anything.
    private static func failure(_ value: JSONValue) -> HealthStatus? {
        let code = value.integer ?? value.string.flatMap { Int64($0) }
        return code.flatMap { Self.code(.integer($0)) } == .fail ? .fail : nil
    }

    /// Whether a truth value of that name states health: its last word is one of ``truths``, as in `db_ok`, `isReady`.
    static func isTruth(_ name: String) -> Bool {
        var last = ""
        var wasLower = false
        for character in name {
            if !character.isLetter || (character.isUppercase && wasLower) { last = "" }
            if character.isLetter { last.append(character) }
            wasLower = character.isLowercase
        }
        return truths.contains(last.lowercased())
    }
}

extension JSONObject {
    /// The member of that name in any case.
    func anyCase(_ name: String) -> JSONValue? {
        members.last { $0.name.lowercased() == name }?.value
    }

    /// The first of those members that is a text with something in it.
    func text(_ names: [String]) -> String? {
        names.lazy.compactMap { anyCase($0)?.string }.first { !$0.allSatisfy(\.isWhitespace) }
    }
}
