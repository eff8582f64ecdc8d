import ConsoleModel
import ConsoleViews
import Screen
import Terminal

/// Every effective setting as a line of TOML, with where it comes from: what `ctxtop config` prints.
public struct ConfigurationOrigins: Sendable {
    /// One setting.
    struct Setting: Equatable, Sendable {
        /// The value, spelled as TOML.
        let value: String
        /// The file, flag or variable that says so; `default` when nobody did.
        let origin: String
    }

    /// The settings by their dotted key.
    private(set) var settings: [String: Setting] = [:]

    /// Nobody said anything.
    public init() {}

    /// Notes what a setting is and who says so; who says it last wins.
    public mutating func note(_ key: [String], _ value: String, from origin: String) {
        settings[key.map(Self.bare).joined(separator: ".")] = Setting(value: value, origin: origin)
    }

    /// A text as TOML spells it.
    public static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Texts as TOML spells a list of them.
    static func quoted(_ texts: [String]) -> String {
        "[" + texts.map { quoted($0) }.joined(separator: ", ") + "]"
    }

    /// TOML 1.0: a bare key is letters, digits, `_` and `-` of ASCII.
    private static func bare(_ key: String) -> String {
        let isBare = key.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
        }
        return isBare && !key.isEmpty ? key : quoted(key)
    }
}

extension ConsoleOptions {
    /// The effective configuration as TOML that may be saved, each line with its origin behind `#`.
    public var configurationText: String {
        var all = ConfigurationOrigins()
        all.note(["theme", "name"], ConfigurationOrigins.quoted(theme.name), from: "default")
        all.note(["interface", "ascii"], "\(isASCII)", from: "default")
        all.note(["interface", "bell"], "\(bell)", from: "default")
        all.note(
            ["commands", "on-critical"], ConfigurationOrigins.quoted(onCritical ?? ""), from: "default")
        all.note(["interface", "mouse"], "\(interface.isMouseOn)", from: "default")
        all.note(
            ["interface", "graph"], ConfigurationOrigins.quoted(interface.graph.rawValue), from: "default")
        for binding in keys.bindings {
            let keys = binding.keys.compactMap(\.spelling)
            all.note(["keys", binding.name], ConfigurationOrigins.quoted(keys), from: "default")
        }
        for limit in TriageRule.all.flatMap(\.limits) {
            let value = ConfigurationOrigins.quoted(limit.words(ruleLimits[limit.key] ?? limit.standard))
            all.note(["rules", limit.rule, limit.name], value, from: "default")
        }
        let merged = all.settings.merging(origins.settings) { $1 }
        return merged.sorted { $0.key < $1.key }
            .map { "\($0.key) = \($0.value.value)  # \($0.value.origin)\n" }.joined()
    }
}
