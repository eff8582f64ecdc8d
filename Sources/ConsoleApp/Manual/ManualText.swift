import ConsoleViews
import Screen

/// What manual pages say beyond the command line: keys, files, environment, exit codes.
enum ManualText {
    /// What a program is, in a paragraph.
    static func description(of program: String) -> String {
        program == "ctxtop"
            ? """
            ctxtop watches backends that serve agent sessions to many users. For each consumer path it shows which
            initialization pattern was found, which was expected, how the last creation of a tool dispatcher ended,
            and the evidence; and sessions, runs, dispatchers, events and health live. It only reads, unless it is
            started with --allow-actions.
            """
            : """
            ctxtop-backend serves scripted agents over WebSocket, HTTP and background jobs, one isolated context and
            tool dispatcher per user, and tells ctxtop all about it under /monitor/v1. It prints one line with its
            URL on standard output when it is ready; its log goes to standard error.
            """
    }

    /// The sections behind the options.
    static func sections(of program: String) -> [ManualPage.Section] {
        program == "ctxtop"
            ? [keys, filters, files, environment, exits, seeAlso("ctxtop-backend")]
            : [backendFiles, backendExits, seeAlso("ctxtop")]
    }

    /// Every key of the table, with the name that [keys] of the configuration knows it by.
    private static var keys: ManualPage.Section {
        let bindings = KeyMap.standard.bindings.map { binding in
            (
                term: binding.keys.map(\.name).joined(separator: ", "),
                words: "\(binding.help) (\(binding.name))"
            )
        }
        let rebinding =
            "Each key can be bound anew in [keys] of the configuration by the name in parentheses."
        return ManualPage.Section(title: "KEYS", entries: [(term: "", words: rebinding)] + bindings)
    }

    private static let filters = ManualPage.Section(
        title: "FILTERS",
        entries: [
            ("", "Terms with spaces between, all of which must hold:"),
            ("TEXT", "some column holds it, whatever its case; \"…\" keeps spaces"),
            ("COLUMN:TEXT", "that column holds it"),
            ("COLUMN>NUMBER", "also <, >= and <=; a number or a duration (500ms, 2s, 5m, 1h)"),
            ("/REGEX/", "some column matches it"), ("!TERM", "the term does not hold"),
        ])

    private static let files = ManualPage.Section(
        title: "FILES",
        entries: [
            (
                "~/.config/ctxtop/config.toml",
                "the configuration; ctxtop config prints what is in effect and why"
            ),
            ("~/.config/ctxtop/themes/NAME.toml", "themes of your own"),
            ("~/.local/state/ctxtop/state.json", "acknowledged findings, bookmarks and the last visit"),
            ("~/.local/state/ctxtop/audit.log", "one JSON line for each action that was asked of a backend"),
        ])

    private static let environment = ManualPage.Section(
        title: "ENVIRONMENT",
        entries: [
            ("NO_COLOR", "when set and not empty, no colour is drawn"),
            ("CTXTOP_ASSETS", "the folder with themes and schemas, instead of PREFIX/share/ctxtop"),
            (
                "XDG_CONFIG_HOME, XDG_STATE_HOME",
                "where configuration and state are, instead of ~/.config and ~/.local/state"
            ),
            (
                "TERM, COLORTERM",
                "what the terminal can do; truecolor or 24bit in COLORTERM draws true colours"
            ),
            ("LC_ALL, LC_CTYPE, LANG", "whether the terminal shows UTF-8; else ASCII is drawn"),
        ])

    private static let exits = ManualPage.Section(
        title: "EXIT STATUS",
        entries: [
            ("0", "fine; of check and probe: nothing to see to; watch was stopped"),
            ("1", "check: a warning, or an open item of the checklist"),
            ("2", "check, probe: something critical"),
            ("3", "unknown, unreachable, a file cannot be read, or an item of the checklist is unknown"),
            ("64", "the command line, a target, a filter or the configuration is wrong"),
            ("128+N", "signal N ended the console"),
        ])

    private static let backendFiles = ManualPage.Section(
        title: "FILES",
        entries: [
            ("--users-file FILE", "lines USER TOKEN"),
            ("--token-file FILE", "operators: lines TOKEN NAME read[,act]; # begins a comment"),
        ])

    private static let backendExits = ManualPage.Section(
        title: "EXIT STATUS",
        entries: [
            ("0", "SIGTERM or SIGINT ended it, after connections were drained"),
            ("3", "it cannot listen, or a file cannot be read"), ("64", "the command line is wrong"),
        ])

    private static func seeAlso(_ other: String) -> ManualPage.Section {
        ManualPage.Section(title: "SEE ALSO", entries: [("", "\(other)(1)")])
    }
}
