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
        let words = text.split { !($0.isLetter || $0 == "_") }.map { status(String($0)) }
        let isNegated = text.lowercased().split { !$0.isLetter }.contains { $0 == "not" || $0 == "no" }
        let worst = words.filter { $0 != .unknown }.max()
        return worst == .pass && isNegated ? .fail : worst
    }

    /// A JSON value that states a status: a word, a truth value, or an HTTP status code.
    static func value(_ value: JSONValue) -> HealthStatus? {
        switch value {
        case .string(let text): status(text)
        case .bool(let isWell): isWell ? .pass : .fail
        case .integer(let code) where (100...599).contains(code): httpClass(Int(code))
        default: nil
        }
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
            if let value = anyCase(name), let status = HealthWords.value(value) { return status }
        }
        return nil
    }
}
