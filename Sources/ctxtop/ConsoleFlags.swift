import ArgumentParser
import ConsoleApp
import ConsoleClient
import ConsoleModel
import Dialects
import Foundation
import PatternDetection
import Terminal

/// The flags that every command about backends shares.
struct ConsoleFlags: ParsableArguments {
    @Option(help: "Use this dialect instead of looking: \(Dialect.all.map(\.name).joined(separator: "|")).")
    var dialect: String?
    @Option(help: "The declared target of paths, PATH=PATTERN,…")
    var expect: String?
    @Option(help: "Further header fields: lines NAME: VALUE.")
    var headerFile: String?
    @Option(help: "The operator's token, the first of the file.")
    var tokenFile: String?
    @Option(help: "Certificate authorities, PEM.")
    var caFile: String?
    @Flag(help: "Accept any certificate.")
    var insecure = false
    @Option(help: "How long one answer may take: 500ms, 2s, 1m.")
    var timeout = "5s"
    @Option(help: "ID=off|warning|critical or ID.LIMIT=VALUE (see explain); may be repeated.")
    var rule: [String] = []

    /// The options for those targets.
    ///
    /// - Throws: a usage error (exit 64) with what is wrong.
    func options(_ targets: [String]) throws -> ConsoleOptions {
        var options = ConsoleOptions()
        for text in targets {
            do throws(TargetError) {
                options.targets.append(
                    try ConsoleTarget(text, fileExists: { FileManager.default.fileExists(atPath: $0) }))
            } catch { throw ValidationError(error.description) }
        }
        guard let limit = DurationText.parse(timeout), limit > .zero else {
            throw ValidationError("--timeout: \"\(timeout)\" is no duration; write 500ms, 2s or 1m")
        }
        options.client.timeout = limit
        options.client.certificateAuthorities = caFile
        options.client.acceptsAnyCertificate = insecure
        if let tokenFile, !options.client.useToken(ofFile: try contents(tokenFile)) {
            throw ValidationError("\(tokenFile) has no token; write a line TOKEN NAME read")
        }
        if let headerFile, !options.client.addHeaders(ofFile: try contents(headerFile)) {
            throw ValidationError("\(headerFile): write lines NAME: VALUE")
        }
        if let dialect {
            guard let found = Dialect.all.first(where: { $0.name == dialect }) else {
                throw ValidationError("--dialect: there is no \"\(dialect)\"")
            }
            options.dialect = found
        }
        options.expected = try expectations()
        try addRules(to: &options)
        return options
    }

    private func expectations() throws -> [ConsumerPath: Verdict] {
        var expected: [ConsumerPath: Verdict] = [:]
        for part in expect?.split(separator: ",") ?? [] {
            let sides = part.split(separator: "=").map(String.init)
            guard sides.count == 2, let verdict = Verdict(sides[1]) else {
                throw ValidationError("--expect: \"\(part)\" is not PATH=PATTERN")
            }
            expected[ConsumerPath(rawValue: sides[0])] = verdict
        }
        return expected
    }

    private func addRules(to options: inout ConsoleOptions) throws {
        for text in rule {
            do throws(RuleOverride.Refusal) {
                switch try RuleOverride.parse(text) {
                case .setting(let id, let setting): options.rules[id] = setting
                case .limit(let key, let value): options.ruleLimits[key] = value
                }
            } catch {
                let why =
                    switch error {
                    case .unknownRule: "is not ID=off|warning|critical with a known ID"
                    case .unknownLimit(let known): "names no limit; known: \(known.joined(separator: ", "))"
                    case .badValue(let wanted): "has no such value; write \(wanted)"
                    }
                throw ValidationError("--rule: \"\(text)\" \(why)")
            }
        }
    }

    private func contents(_ path: String) throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            OutputStreams.writeError("ctxtop: cannot read \(path); check that it exists and may be read")
            throw ExitCode(3)
        }
    }
}

/// Durations as flags take them.
enum DurationText {
    /// Reads `500ms`, `2s`, `5m`, `1h`; nil for anything else.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits), number >= 0 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        default: return nil
        }
    }
}

/// The flags of a console on a screen.
struct ScreenFlags: ParsableArguments {
    @Option(help: "Where to open: VIEW or VIEW:ID, for instance findings or context:ID.")
    var open: String?
    @Option(help: "The colours: dark, light, colour-blind or another theme that is installed.")
    var theme: String?
    @Flag(help: "Draw ASCII only.")
    var ascii = false
    @Flag(help: "Leave colour out, as NO_COLOR does.")
    var noColor = false
    @Flag(help: "Print a plain snapshot instead of opening the console.")
    var plain = false

    /// Adds what the flags say.
    func apply(to options: inout ConsoleOptions) throws {
        options.isASCII = ascii
        // no-color.org: set and not empty.
        let environment = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        options.isColourless = noColor || !environment.isEmpty
        if let theme {
            do throws(ConfigurationError) {
                options.theme = try ThemeShelf.standard.theme(named: theme)
            } catch {
                throw ValidationError(error.description)
            }
        }
        if let open {
            guard let request = PlaceRequest(open) else {
                throw ValidationError("--open: \"\(open)\" is no view")
            }
            options.place = request
        }
    }
}
