public import WireProtocol

/// A manual page made of what a program says of its own command line (ArgumentParser's dump, version 0).
public struct ManualPage {
    /// One command or subcommand.
    struct Command {
        let name: String
        let abstract: String
        let discussion: String
        let arguments: [Argument]
        let subcommands: [Command]
    }

    /// One option, flag or positional argument.
    struct Argument: Hashable {
        /// As it is typed: `--filter FILTER`, `-h, --help`, `TARGETS …`.
        let usage: String
        let words: String
        let isPositional: Bool
    }

    /// A section that no command line knows: files, environment, exit codes.
    struct Section {
        let title: String
        /// Terms and what is to be said about them; an empty term is a paragraph.
        let entries: [(term: String, words: String)]
    }

    private let root: Command
    private let version: String
    private let date: String

    /// Reads a program's dump; nil when it is none.
    public init?(dump: JSONValue, version: String, date: String) {
        guard let command = dump["command"].flatMap(Self.command) else { return nil }
        root = command
        self.version = version
        self.date = date
    }

    private static func command(_ json: JSONValue) -> Command? {
        guard let name = json["commandName"]?.string else { return nil }
        return Command(
            name: name, abstract: json["abstract"]?.string ?? "",
            discussion: json["discussion"]?.string ?? "",
            arguments: (json["arguments"]?.array ?? []).filter { $0["shouldDisplay"]?.bool != false }.map(
                argument),
            subcommands: (json["subcommands"]?.array ?? []).filter { $0["shouldDisplay"]?.bool != false }
                .compactMap(command))
    }

    private static func argument(_ json: JSONValue) -> Argument {
        let value = (json["valueName"]?.string ?? "value").uppercased()
        let isPositional = json["kind"]?.string == "positional"
        let names = (json["names"]?.array ?? []).map { name in
            (name["kind"]?.string == "short" ? "-" : "--") + (name["name"]?.string ?? "")
        }
        var usage = isPositional ? value : names.joined(separator: ", ")
        if json["kind"]?.string == "option" { usage += " " + value }
        if json["isRepeating"]?.bool == true { usage += " …" }
        let standard = json["defaultValue"]?.string.map { $0.isEmpty ? "" : " Default: \($0)." } ?? ""
        return Argument(
            usage: usage, words: sentence(json["abstract"]?.string ?? "", standard),
            isPositional: isPositional)
    }

    private static func sentence(_ words: String, _ standard: String) -> String {
        words + (standard.isEmpty || words.hasSuffix(".") || words.isEmpty ? "" : ".") + standard
    }

    /// The page.
    public var text: String {
        let program = root.name
        var lines = [
            ".TH \(Roff.inline(program.uppercased())) 1 \(date) \"\(Roff.inline("ctxtop " + version))\"",
            ".SH NAME", "\(Roff.inline(program)) \\- \(Roff.inline(root.abstract))", ".SH SYNOPSIS",
            "\\fB\(Roff.inline(program))\\fR [\\fICOMMAND\\fR] [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ]
        lines += [".SH DESCRIPTION", Roff.text(ManualText.description(of: program))]
        if !root.discussion.isEmpty { lines += [".PP", Roff.text(root.discussion)] }
        let common = commonArguments
        lines.append(".SH COMMANDS")
        for command in root.subcommands where command.name != "help" { lines += text(command, common) }
        lines.append(".SH OPTIONS")
        for argument in root.arguments { lines += Roff.entry(argument.usage, argument.words) }
        if !common.isEmpty {
            lines += [".SS Of every command that takes targets"]
            for argument in common { lines += Roff.entry(argument.usage, argument.words) }
        }
        for section in ManualText.sections(of: program) {
            lines.append(".SH " + section.title)
            for entry in section.entries {
                lines +=
                    entry.term.isEmpty
                    ? [".PP", Roff.text(entry.words)] : Roff.entry(entry.term, entry.words)
            }
        }
        // man(7): a paragraph macro right behind a heading does nothing.
        var tidy: [String] = []
        for line in lines where !(line == ".PP" && tidy.last?.hasPrefix(".S") == true) { tidy.append(line) }
        return tidy.joined(separator: "\n") + "\n"
    }

    /// The options that most commands share, so that they are said once.
    private var commonArguments: [Argument] {
        var order: [Argument] = []
        var counts: [Argument: Int] = [:]
        for argument in root.subcommands.flatMap(\.arguments) where !argument.isPositional {
            if counts[argument] == nil { order.append(argument) }
            counts[argument, default: 0] += 1
        }
        return order.filter { counts[$0, default: 0] >= 4 }
    }

    private func text(_ command: Command, _ common: [Argument]) -> [String] {
        let positional = command.arguments.filter(\.isPositional).map { " " + $0.usage }.joined()
        var lines = [
            ".SS \(Roff.inline("\(root.name) \(command.name)\(positional)"))", Roff.text(command.abstract),
        ]
        if !command.discussion.isEmpty { lines += [".PP", Roff.text(command.discussion)] }
        for argument in command.arguments where !common.contains(argument) {
            lines += Roff.entry(argument.usage, argument.words)
        }
        return lines
    }
}
