import WireProtocol

/// One number that a rule compares with; `--rule RULE.NAME=VALUE` changes it.
public struct RuleLimit: Hashable, Sendable {
    /// What the number counts.
    public enum Unit: Hashable, Sendable { case milliseconds, count, percent }

    /// The rule's id.
    public let rule: String
    /// The limit's name within the rule.
    public let name: String
    /// The number unless it is set otherwise.
    public let standard: Int64
    /// What it counts.
    public let unit: Unit
    /// Where the number comes from.
    public let source: String

    /// `RULE.NAME`, as `--rule` takes it.
    public var key: String { "\(rule).\(name)" }

    /// A limit that is a time.
    static func time(_ rule: String, _ name: String, _ standard: Duration, source: String) -> RuleLimit {
        RuleLimit(
            rule: rule, name: name, standard: standard.wholeMillisecondsClamped, unit: .milliseconds,
            source: source)
    }

    /// A limit that is a number.
    static func count(_ rule: String, _ name: String, _ standard: Int64, source: String) -> RuleLimit {
        RuleLimit(rule: rule, name: name, standard: standard, unit: .count, source: source)
    }

    /// A limit that is a share of a hundred.
    static func percent(_ rule: String, _ name: String, _ standard: Int64, source: String) -> RuleLimit {
        RuleLimit(rule: rule, name: name, standard: standard, unit: .percent, source: source)
    }

    /// A value of this limit's unit in words: `30s`, `3`, `90%`.
    public func words(_ value: Int64) -> String {
        switch unit {
        case .milliseconds: value % 1000 == 0 ? AgeText.exact(.milliseconds(value)) : "\(value)ms"
        case .count: String(value)
        case .percent: "\(value)%"
        }
    }

    /// Reads a value: `45s`, `500ms`, `5m`, `1h` for times; a number, `90%` for shares; nil for anything else.
    public func value(parsing text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number > 0, number < 1_000_000_000 else { return nil }
        switch (unit, text.dropFirst(digits.count)) {
        case (.milliseconds, "ms"): return number
        case (.milliseconds, "s"): return number * 1_000
        case (.milliseconds, "m"): return number * 60_000
        case (.milliseconds, "h"): return number * 3_600_000
        case (.count, ""), (.percent, ""), (.percent, "%"): return number
        case (.milliseconds, _), (.count, _), (.percent, _): return nil
        }
    }
}

extension Duration {
    fileprivate var wholeMillisecondsClamped: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

extension RuleLimit {
    /// The number that is in force, given the limits that differ from their standard.
    func number(in limits: [String: Int64]) -> Int64 {
        // Asked for every run and session; the key is a text that must be made.
        limits.isEmpty ? standard : limits[key] ?? standard
    }
}

extension ConsoleState {
    /// The number that is in force for a limit.
    public func number(_ limit: RuleLimit) -> Int64 { limit.number(in: ruleLimits) }
}

/// One `--rule` argument or line of `[rules]`.
public enum RuleOverride: Hashable, Sendable {
    /// `ID=off|warning|critical`.
    case setting(rule: String, RuleSetting)
    /// `ID.LIMIT=VALUE`.
    case limit(key: String, Int64)

    /// Why an argument was refused.
    public enum Refusal: Error, Hashable, Sendable {
        case unknownRule, unknownLimit([String]), badValue(String)
    }

    /// Reads `ID=off|warning|critical` or `ID.LIMIT=VALUE`.
    public static func parse(_ text: String) throws(Refusal) -> RuleOverride {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard sides.count == 2 else { throw .badValue("ID=off|warning|critical or ID.LIMIT=VALUE") }
        let names = sides[0].split(separator: ".", maxSplits: 1).map(String.init)
        guard let rule = TriageRule.all.first(where: { $0.id == names.first }) else { throw .unknownRule }
        guard names.count == 2 else {
            guard let setting = RuleSetting(rawValue: sides[1]) else {
                throw .badValue("off|warning|critical")
            }
            return .setting(rule: rule.id, setting)
        }
        guard let limit = rule.limits.first(where: { $0.name == names[1] }) else {
            throw .unknownLimit(rule.limits.map(\.key))
        }
        guard let value = limit.value(parsing: sides[1]) else {
            throw .badValue("for instance \(limit.words(limit.standard))")
        }
        return .limit(key: limit.key, value)
    }
}
