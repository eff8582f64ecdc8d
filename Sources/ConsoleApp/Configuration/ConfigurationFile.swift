import ConsoleClient
import ConsoleModel
import Dialects
import PatternDetection
import WireProtocol

/// Reads `config.toml` into options; every mistake is named with its key and refuses the whole file.
public struct ConfigurationFile {
    /// The file that is read unless `--config` names another.
    public static var standardPath: String { StandardPaths.configuration + "/config.toml" }

    let file: String
    var options: ConsoleOptions

    /// What the file says, over `options`; a file that is not there says nothing unless it was asked for.
    ///
    /// - Throws: ``ConfigurationError`` for the first mistake.
    public static func read(_ file: String?, over options: ConsoleOptions) throws(ConfigurationError)
        -> ConsoleOptions
    {
        let path = file ?? standardPath
        var options = options
        options.configurationPath = path
        if file == nil, !TextFile.exists(path) { return options }
        return try read(TOMLReader(contentsOf: path), over: options)
    }

    static func read(_ text: TOMLReader, over options: ConsoleOptions) throws(ConfigurationError)
        -> ConsoleOptions
    {
        var reading = ConfigurationFile(file: text.file, options: options)
        for (name, section) in try text.entries() { try reading.take(name, section) }
        return reading.options
    }

    private mutating func take(_ name: String, _ section: TOMLReader) throws(ConfigurationError) {
        switch name {
        case "theme": try takeTheme(section)
        case "commands": try takeCommands(section)
        case "health": try takeHealth(section)
        case "interface": try takeInterface(section)
        case "targets": for (name, target) in try section.entries() { try takeTarget(name, target) }
        case "expected": try takeExpected(section)
        case "keys": try takeKeys(section)
        case "rules": for (rule, value) in try section.entries() { try takeRule(rule, value) }
        case "views": for (name, view) in try section.entries() { try takeView(name, view) }
        default:
            throw section.unknown([
                "commands", "expected", "health", "interface", "keys", "rules", "targets", "theme", "views",
            ])
        }
    }

    mutating func note(_ key: [String], _ value: String) { options.origins.note(key, value, from: file) }

    private mutating func takeTheme(_ section: TOMLReader) throws(ConfigurationError) {
        let entries = try section.entries()
        if let name = entries.first(where: { $0.name == "name" })?.value {
            let text = try name.string()
            guard options.themes.names.contains(text) else {
                throw name.mistake(
                    "there is no theme \"\(text)\"; there are \(options.themes.names.joined(separator: ", "))"
                )
            }
            options.theme = try options.themes.theme(named: text)
            note(["theme", "name"], ConfigurationOrigins.quoted(text))
        }
        for (name, value) in entries where name != "name" {
            guard name == "roles" else { throw value.unknown(["name", "roles"]) }
            try ThemeFile.apply(value, to: &options.theme)
        }
    }

    private mutating func takeInterface(_ section: TOMLReader) throws(ConfigurationError) {
        for (name, value) in try section.entries() {
            switch name {
            case "ascii":
                options.isASCII = try value.bool()
                note(["interface", name], "\(options.isASCII)")
            case "bell":
                options.bell = try value.bool()
                note(["interface", name], "\(options.bell)")
            case "mouse":
                options.interface.isMouseOn = try value.bool()
                note(["interface", name], "\(options.interface.isMouseOn)")
            case "graph":
                let text = try value.string()
                guard let graph = GraphStyle(rawValue: text) else {
                    throw value.mistake("\"\(text)\" is none of block, braille")
                }
                options.interface.graph = graph
                note(["interface", name], ConfigurationOrigins.quoted(text))
            default: throw value.unknown(["ascii", "bell", "graph", "mouse"])
            }
        }
    }

    /// `[health.words]`: which words of health answers mean pass, warn, fail or unknown.
    private mutating func takeHealth(_ section: TOMLReader) throws(ConfigurationError) {
        var taught: [String: HealthStatus] = [:]
        for (name, value) in try section.entries() {
            guard name == "words" else { throw value.unknown(["words"]) }
            for (word, meaning) in try value.entries() {
                let text = try meaning.string()
                guard let status = HealthStatus(rawValue: text) else {
                    throw meaning.mistake("\"\(text)\" is not a status; use pass, warn, fail or unknown")
                }
                taught[word] = status
                note(["health", "words", word], ConfigurationOrigins.quoted(text))
            }
        }
        options.client.healthWords = HealthWords(taught: taught)
    }

    /// `[commands]`: what is run beside the console.
    private mutating func takeCommands(_ section: TOMLReader) throws(ConfigurationError) {
        for (name, value) in try section.entries() {
            guard name == "on-critical" else { throw value.unknown(["on-critical"]) }
            let command = try value.string()
            options.onCritical = command.isEmpty ? nil : command
            note(["commands", name], ConfigurationOrigins.quoted(command))
        }
    }

    private mutating func takeExpected(_ section: TOMLReader) throws(ConfigurationError) {
        for (path, value) in try section.entries() {
            let text = try value.string()
            guard let verdict = Verdict(text) else {
                throw value.mistake("\"\(text)\" is no pattern; write factory or singleton")
            }
            options.expected[ConsumerPath(rawValue: path)] = verdict
            note(["expected", path], ConfigurationOrigins.quoted(text))
        }
    }

    private mutating func takeRule(_ rule: String, _ value: TOMLReader) throws(ConfigurationError) {
        guard !value.isTable else {
            for (name, setting) in try value.entries() {
                let key = name == "severity" ? rule : rule + "." + name
                try takeOverride(key + "=" + setting.stringOrInt(), setting)
                note(["rules", rule, name], ConfigurationOrigins.quoted(try setting.stringOrInt()))
            }
            return
        }
        try takeOverride(rule + "=" + value.string(), value)
        note(["rules", rule, "severity"], ConfigurationOrigins.quoted(try value.string()))
    }

    private mutating func takeOverride(_ override: String, _ place: TOMLReader) throws(ConfigurationError) {
        let parsed: RuleOverride
        do throws(RuleOverride.Refusal) { parsed = try RuleOverride.parse(override) } catch {
            switch error {
            case .unknownRule: throw place.mistake("is no rule; `ctxtop explain` lists them")
            case .unknownLimit(let known):
                let names = known.isEmpty ? "none" : known.joined(separator: ", ")
                throw place.mistake("is no limit of this rule; known: \(names)")
            case .badValue(let wanted): throw place.mistake("has no such value; write \(wanted)")
            }
        }
        switch parsed {
        case .setting(let id, let setting): options.rules[id] = setting
        case .limit(let key, let value): options.ruleLimits[key] = value
        }
    }
}
