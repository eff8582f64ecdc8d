import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// Every key the console answers. Add one here; help, footer, dispatch and configuration follow.
enum KeyTable {
    /// The bindings, in the order of help.
    static let all: [KeyBinding] = moving + going + rows + showing + views + chooser + help

    private static let moving: [KeyBinding] = [
        KeyBinding(
            "open", [.enter], "open what is selected", hint: "open", on: .openable, .drill,
            unless: { $0.whyNotOpen }),
        KeyBinding("back", [.escape], "close the prompt, clear the filter, leave the place", .back),
        KeyBinding(
            "quit-or-back", [.character("q")], "back; quit from Pulse", hint: "back", .quitOrBack),
        KeyBinding("quit", [.control("c")], "quit", on: .all, .quit),
        KeyBinding("down", [.character("j"), .down], "next row", .moveSelection(by: 1)),
        KeyBinding("up", [.character("k"), .up], "previous row", .moveSelection(by: -1)),
        KeyBinding("first", [.character("g"), .home], "first row", .selectFirst),
        KeyBinding("last", [.character("G"), .end], "last row", .selectLast),
        KeyBinding("half-page-down", [.control("d"), .pageDown], "half a page down", .moveHalfPage(by: 1)),
        KeyBinding("half-page-up", [.control("u"), .pageUp], "half a page up", .moveHalfPage(by: -1)),
        KeyBinding(
            "columns-right", [.character("l"), .right], "scroll the columns; the first one stays",
            on: .tables,
            .scrollColumns(by: 1)),
        KeyBinding(
            "columns-left", [.character("h"), .left], "scroll the columns back", on: .tables,
            .scrollColumns(by: -1)),
        KeyBinding("section", [.tab], "next section", hint: "section", on: [.pulse, .context], .nextSection),
        KeyBinding(
            "previous-section", [.backTab], "previous section", on: [.pulse, .context], .previousSection),
    ]

    private static let going: [KeyBinding] = [
        KeyBinding(
            "next-attention", [.character("a")], "next row that needs attention", hint: "next",
            .nextAttention,
            unless: { $0.whyNoAttention }),
        KeyBinding(
            "previous-attention", [.character("A")], "previous row that needs attention", .previousAttention,
            unless: { $0.whyNoAttention }),
        KeyBinding(
            "filter", [.character("/")], "filter: ada state:stuck p95>2s /regex/ !not", hint: "filter",
            on: .tables.union([.pulse]), .beginFilter),
        KeyBinding(
            "search", [.character("/")], "search this page", hint: "search", on: .pages.union([.context]),
            .beginSearch),
        KeyBinding(
            "next-match", [.character("n")], "next match of the search", on: .pages.union([.context]),
            .nextMatch(by: 1), unless: { $0.whyNoMatch }),
        KeyBinding(
            "previous-match", [.character("N")], "previous match", on: .pages.union([.context]),
            .nextMatch(by: -1), unless: { $0.whyNoMatch }),
        KeyBinding(
            "command", [.character(":")], "command: a view, user NAME, theme NAME, help TOPIC …",
            hint: "command", .beginCommand),
        KeyBinding("next-error", [.character("e")], "next error", .nextError),
        KeyBinding("previous-error", [.character("E")], "previous error", .previousError),
        KeyBinding(
            "last-view", [.character("-")], "the view before", .lastView,
            unless: { $0.interface.history.lastView == nil ? "no other view was seen yet" : nil }),
        KeyBinding("history-back", [.character("[")], "back in what was seen", .historyBack),
        KeyBinding("history-forward", [.character("]")], "forward in what was seen", .historyForward),
    ]

    private static let rows: [KeyBinding] = [
        KeyBinding(
            "mark", [.character("m")], "mark the row; bookmark the event with a note", on: .markable,
            .toggleMark,
            unless: { $0.selectedRowID == nil ? "nothing is selected" : nil }),
        KeyBinding("next-mark", [.character("'")], "next marked row", on: .tables, .nextMark),
        KeyBinding(
            "acknowledge", [.character("d")], "acknowledge the finding: it stops asking", hint: "ack",
            on: [.findings, .finding, .pulse], .acknowledge, unless: { $0.whyNoFinding }),
        KeyBinding(
            "snooze", [.character("z")], "snooze the finding for an hour", hint: "snooze",
            on: [.findings, .finding, .pulse], .snooze, unless: { $0.whyNoFinding }),
        KeyBinding(
            "act", [.character("x")], "terminate, dispose or switch, after a typed word",
            on: [.sessions, .paths, .dispatchers, .context, .path, .dispatcher], .beginAction,
            unless: { $0.whyNoAction }),
        KeyBinding(
            "copy", [.character("y")], "copy the id, the raw event or the finding as Markdown", hint: "copy",
            .copy, unless: { $0.copyText == nil ? "nothing is selected" : nil }),
        KeyBinding(
            "copy-command", [.character("Y")], "copy the curl of the health endpoint", on: [.health, .check],
            .copyCommand, unless: { $0.copyCommandText == nil ? "this target is no URL" : nil }),
    ]

    private static let showing: [KeyBinding] = [
        KeyBinding(
            "sort-next", [.character(">")], "sort by the next column", hint: "sort", on: .sorted,
            .sortByNextColumn),
        KeyBinding(
            "sort-previous", [.character("<")], "sort by the column before", on: .sorted,
            .sortByPreviousColumn),
        KeyBinding("reverse", [.character("r")], "turn the order round", on: .sorted, .reverseSort),
        KeyBinding(
            "columns", [.character("c")], "choose columns, their order and width", hint: "columns",
            on: .tables,
            .chooseColumns),
        KeyBinding(
            "group", [.character("v")], "group by user, path, pattern, backend",
            on: [.sessions, .dispatchers],
            .groupByNext),
        KeyBinding(
            "pause", [.character("p")], "pause: new events wait and are counted", hint: "pause", .togglePause),
        KeyBinding(
            "follow", [.character("F")], "follow the newest event", hint: "follow", on: [.events],
            .toggleFollow),
        KeyBinding(
            "window", [.character("w")], "the last 1, 5, 15, 60 minutes, or everything", hint: "window",
            on: [.events], .nextWindow(by: 1)),
        KeyBinding(
            "previous-window", [.character("W")], "the window before", on: [.events], .nextWindow(by: -1)),
        KeyBinding("wrap", [.character("o")], "wrap long details", hint: "wrap", on: [.events], .toggleWrap),
        KeyBinding(
            "theme", [.character("T")], "next theme", .nextTheme,
            unless: { $0.interface.settings.themes.count < 2 ? "no other theme is installed" : nil }),
        KeyBinding("help", [.character("?")], "these keys", hint: "help", .toggleHelp),
    ]

    private static let views: [KeyBinding] = ViewID.allCases.map { view in
        KeyBinding(
            view.word, [.character(Character(String(view.rawValue)))], view.title, on: .places.union([.help]),
            .show(view))
    }

    private static let chooser: [KeyBinding] = [
        KeyBinding(
            "chooser-down", [.character("j"), .down], "next column", on: [.chooser], .chooser(.move(by: 1))),
        KeyBinding(
            "chooser-up", [.character("k"), .up], "previous column", on: [.chooser], .chooser(.move(by: -1))),
        KeyBinding(
            "chooser-toggle", [.character(" ")], "show or hide it", hint: "show/hide", on: [.chooser],
            .chooser(.toggle)),
        KeyBinding(
            "chooser-later", [.character("J")], "move it right", hint: "move right", on: [.chooser],
            .chooser(.shift(by: 1))),
        KeyBinding(
            "chooser-earlier", [.character("K")], "move it left", hint: "move left", on: [.chooser],
            .chooser(.shift(by: -1))),
        KeyBinding(
            "chooser-wider", [.character("+"), .character("l"), .right], "make it wider", hint: "wider",
            on: [.chooser], .chooser(.widen(by: 1))),
        KeyBinding(
            "chooser-narrower", [.character("-"), .character("h"), .left], "make it narrower",
            hint: "narrower", on: [.chooser], .chooser(.widen(by: -1))),
        KeyBinding(
            "chooser-reset", [.character("0")], "as the view came", hint: "reset", on: [.chooser],
            .chooser(.reset)),
        KeyBinding(
            "chooser-close", [.enter, .escape, .character("c"), .character("q")], "close the chooser",
            hint: "done", on: [.chooser], .chooser(.close)),
    ]

    private static let help: [KeyBinding] = [
        KeyBinding(
            "help-close", [.escape, .character("?"), .character("q"), .enter], "close help", hint: "close",
            on: [.help], .back),
        KeyBinding(
            "help-down", [.character("j"), .down], "next line", hint: "down", on: [.help],
            .moveSelection(by: 1)),
        KeyBinding(
            "help-up", [.character("k"), .up], "previous line", hint: "up", on: [.help],
            .moveSelection(by: -1)),
        KeyBinding(
            "help-page-down", [.control("d"), .pageDown, .character(" ")], "half a page down", on: [.help],
            .moveHalfPage(by: 1)),
        KeyBinding(
            "help-page-up", [.control("u"), .pageUp], "half a page up", on: [.help], .moveHalfPage(by: -1)),
        KeyBinding("help-first", [.character("g"), .home], "first line", on: [.help], .selectFirst),
        KeyBinding("help-last", [.character("G"), .end], "last line", on: [.help], .selectLast),
    ]
}
