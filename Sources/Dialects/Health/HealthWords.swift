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
    ]
    private static let warn: Set<String> = ["warn", "warning", "degraded", "partial"]
    private static let fail: Set<String> = [
        "fail", "failure", "failed", "error", "down", "unhealthy", "critical", "not_serving",
        "out_of_service", "false",
    ]

    /// One word, whatever its case and the signs around it: `Up!`, `out-of-service`, `NOT READY`.
    public func status(_ word: String) -> HealthStatus {
        let word = Self.spelled(word)
        if let known = taught[word] { return known }
        if Self.pass.contains(word) { return .pass }
        if Self.warn.contains(word) { return .warn }
        if Self.fail.contains(word) { return .fail }
        return word.hasPrefix("not_") && Self.pass.contains(String(word.dropFirst(4))) ? .fail : .unknown
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
        // A single token is a name and is not taken apart: `error_count` is no error.
        guard text.contains(where: \.isWhitespace) else { return .unknown }
        return HealthSentence.read(text, self)?.status ?? .unknown
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
    /// The same in the parts of py-healthcheck and of gRPC over JSON.
    private static let partTruths: Set<String> = truths.union(["passed", "serving"])

    /// What an object says about its own state: the first of the usual members, else the worst of its truth values.
    func stated(_ object: JSONObject) -> HealthStatus? {
        for name in Self.statements {
            guard let value = object.anyCase(name) else { continue }
            if let status = self.value(value) { return status }
            // Only `status` is an HTTP status when it is a number; a `health` of 100 is something else.
            if name == "status", let status = Self.code(value) { return status }
            if let inner = value.object, let status = stated(shallow: inner) { return status }
        }
        return stated(shallow: object)
    }

    /// The worst truth value of an object; a text counts there only when it is a known word.
    private func stated(shallow object: JSONObject) -> HealthStatus? {
        let found = object.members.compactMap { member -> HealthStatus? in
            let name = member.name.lowercased()
            guard Self.partTruths.contains(name) || Self.statements.contains(name) else { return nil }
            switch member.value {
            case .bool, .string:
                let status = value(member.value)
                return status == .unknown ? nil : status
            // MongoDB and others write `"ok": 1`.
            case .integer(1) where name == "ok": return .pass
            case .integer(0) where name == "ok": return .fail
            default: return nil
            }
        }
        return found.max()
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
