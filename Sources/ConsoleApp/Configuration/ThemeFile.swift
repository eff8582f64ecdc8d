import Screen
import Terminal

/// Reads themes: `[roles]`, one line for each role that does not look like plain text.
enum ThemeFile {
    /// Reads `NAME.toml`.
    static func read(_ file: String, name: String) throws(ConfigurationError) -> Theme {
        var theme = Theme(name: name, looks: [:])
        for (section, value) in try TOMLReader(contentsOf: file).entries() {
            guard section == "roles" else { throw value.unknown(["roles"]) }
            try apply(value, to: &theme)
        }
        return theme
    }

    /// Gives roles other looks.
    static func apply(_ roles: TOMLReader, to theme: inout Theme) throws(ConfigurationError) {
        for (name, value) in try roles.entries() {
            guard let role = Style.Role.allCases.first(where: { "\($0)" == name }) else {
                throw value.unknown(Style.Role.allCases.map { "\($0)" })
            }
            theme.looks[role] = try look(value)
        }
    }

    private static func look(_ value: TOMLReader) throws(ConfigurationError) -> Theme.Look {
        var look = Theme.Look()
        for (name, value) in try value.entries() {
            switch name {
            case "colour": look.colour = try colour(value)
            case "background": look.background = try colour(value)
            case "basic":
                let word = try value.string()
                guard let found = Theme.BasicColour.allCases.first(where: { $0.word == word }) else {
                    let words = Theme.BasicColour.allCases.map(\.word).joined(separator: ", ")
                    throw value.mistake("\"\(word)\" is none of \(words)")
                }
                look.basic = found
            case "bold": if try value.bool() { look.attributes.insert(.bold) }
            case "dim": if try value.bool() { look.attributes.insert(.dim) }
            case "underline": if try value.bool() { look.attributes.insert(.underline) }
            default: throw value.unknown(["colour", "background", "basic", "bold", "dim", "underline"])
            }
        }
        return look
    }

    private static func colour(_ value: TOMLReader) throws(ConfigurationError) -> RGBColour {
        let text = try value.string()
        guard let colour = RGBColour(text) else {
            throw value.mistake("\"\(text)\" is no colour; write #rrggbb")
        }
        return colour
    }
}
