import ArgumentParser
import ConsoleApp
import ConsoleClient
import ConsoleModel
import Dialects
import Foundation
import PatternDetection
import Terminal
import WireProtocol

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
    @Option(help: "Read this configuration instead of ~/.config/ctxtop/config.toml.")
    var config: String?
    @Option(
        help: "What is kept from screen, copies and output: none|secrets|all (what people and models wrote).")
    var redact = Redaction.secrets
    @Option(help: "Note links, retries, errors and actions in this file, secrets never.")
    var logFile: String?
    @Option(help: "ID=off|warning|critical or ID.LIMIT=VALUE (see explain); may be repeated.")
    var rule: [String] = []

    /// The options for those targets.
    ///
    /// - Throws: a usage error (exit 64) with what is wrong.
    func options(_ targets: [String]) throws -> ConsoleOptions {
        do { return try readOptions(targets) } catch let error as ConfigurationError {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(error.isUnreadable ? 3 : 64)
        }
    }

    /// The same, with what is wrong with a file thrown for a screen to show.
    func readOptions(_ targets: [String]) throws -> ConsoleOptions {
        var options = try ConfigurationFile.read(config, over: ConsoleOptions())
        for text in targets {
            do throws(TargetError) { options.targets.append(try options.target(text)) } catch {
                throw ValidationError(error.description)
            }
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
        let expected = try expectations()
        options.expected.merge(expected) { $1 }
        for (path, verdict) in expected {
            let text = ConfigurationOrigins.quoted(verdict.name)
            options.origins.note(["expected", path.rawValue], text, from: "--expect")
        }
        try addRules(to: &options)
        options.coverAccess()
        options.redaction = redact
        if let logFile {
            guard let log = LogFile(logFile) else {
                let why = String(cString: strerror(errno))
                throw ConfigurationError(logFile, "", "cannot be written: \(why)", isUnreadable: true)
            }
            options.log = log
        }
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
                case .setting(let id, let setting):
                    options.rules[id] = setting
                    let text = ConfigurationOrigins.quoted(setting.rawValue)
                    options.origins.note(["rules", id, "severity"], text, from: "--rule")
                case .limit(let key, let value):
                    options.ruleLimits[key] = value
                    let text = ConfigurationOrigins.quoted(text.drop { $0 != "=" }.dropFirst().description)
                    options.origins.note(
                        ["rules"] + key.split(separator: ".").map(String.init), text, from: "--rule")
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

    /// A file of secrets as a whole.
    private func contents(_ path: String) throws -> String {
        if let refusal = SecretFile.refusal(path) { throw ConfigurationError(path, "", refusal) }
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw ConfigurationError(
                path, "", "cannot be read; check that it exists and may be read", isUnreadable: true)
        }
    }
}

extension Redaction: ExpressibleByArgument {}

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
