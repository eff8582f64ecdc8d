import WireProtocol

/// Reads other people's words as pass, warn, fail or unknown (WIRE.md "Health of others").
enum HealthWords {
    private static let pass: Set<String> = [
        "pass", "ok", "up", "healthy", "success", "passing", "serving", "alive", "ready", "true",
    ]
    private static let warn: Set<String> = ["warn", "warning", "degraded", "partial"]
    private static let fail: Set<String> = [
        "fail", "failure", "failed", "error", "down", "unhealthy", "critical", "not_serving",
        "out_of_service",
        "false",
    ]

    /// One word, whatever its case.
    static func status(_ word: String) -> HealthStatus {
        let word = word.lowercased()
        if pass.contains(word) { return .pass }
        if warn.contains(word) { return .warn }
        return fail.contains(word) ? .fail : .unknown
    }

    /// A word or a sentence: the worst known word decides; nil when none is known.
    static func sentence(_ text: String) -> HealthStatus? {
        let whole = status(text.filter { !$0.isWhitespace })
        if whole != .unknown { return whole }
        var worst: HealthStatus?
        var isNegated = false
        for word in text.lowercased().split(whereSeparator: { !($0.isLetter || $0 == "_" || $0 == "'") }) {
            switch (status(String(word)), isNegated) {
            case (.unknown, _): break
            case (.pass, true): worst = .fail
            // "no error", "not failed" say nothing bad, and by themselves nothing good.
            case (_, true): break
            case (let found, false): worst = max(worst ?? found, found)
            }
            isNegated = negations.contains(String(word)) || (isNegated && fillers.contains(String(word)))
        }
        return worst
    }

    /// Words that turn the next one around, and those that may stand between.
    private static let negations: Set<String> = ["not", "no", "never", "isn't", "aren't", "without"]
    private static let fillers: Set<String> = ["longer", "yet", "fully", "a", "is"]

    /// A JSON value that states a status: a word or a truth value.
    static func value(_ value: JSONValue) -> HealthStatus? {
        switch value {
        case .string(let text): status(text)
        case .bool(let isWell): isWell ? .pass : .fail
        default: nil
        }
    }

    /// A number that can be an HTTP status.
    static func code(_ value: JSONValue) -> HealthStatus? {
        guard let code = value.integer, (100...599).contains(code) else { return nil }
        return httpClass(Int(code))
    }

    /// 1xx to 3xx pass, 4xx and 5xx fail.
    static func httpClass(_ status: Int) -> HealthStatus { status < 400 ? .pass : .fail }
}

extension JSONObject {
    /// The member of that name in any case.
    func anyCase(_ name: String) -> JSONValue? {
        members.last { $0.name.lowercased() == name }?.value
    }

    /// What the object says about its own state: the first of the usual members.
    var statedHealth: HealthStatus? {
        for name in ["status", "state", "health", "healthy", "passed", "ok", "serving"] {
            guard let value = anyCase(name) else { continue }
            if let status = HealthWords.value(value) { return status }
            // Only `status` is an HTTP status when it is a number; a `health` of 100 is something else.
            if name == "status", let status = HealthWords.code(value) { return status }
        }
        return nil
    }
}
