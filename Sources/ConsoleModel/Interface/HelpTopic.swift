import PatternDetection
import WireProtocol

/// What `:help TOPIC` says, beside the keys.
public enum HelpTopic {
    /// The topics of the console itself.
    public static let own = [
        "filter", "commands", "states", "marks", "events", "findings", "isolation", "messages", "bookmarks",
    ]

    /// Every topic: the console's own, then rules and verdicts.
    public static let names = own + Explanation.all.map(\.id)

    /// The lines of a topic, unwrapped; nil when there is none of that name.
    public static func lines(_ topic: String, _ state: ConsoleState) -> [String]? {
        switch topic {
        case "filter": filter(state)
        case "commands":
            Command.all.map { command in
                let call = ":\(command.word) \(command.argument)"
                return call + String(repeating: " ", count: max(1, 18 - call.count)) + command.help
            }
        case "states": states
        case "marks": marks
        case "events": events
        case "findings": findings
        case "isolation": isolation
        case "messages": messages(state)
        case "bookmarks": bookmarks(state)
        default: Explanation.of(topic).map(explained)
        }
    }

    private static func filter(_ state: ConsoleState) -> [String] {
        [
            "Terms are separated by spaces, and all of them must hold.", "",
            "ada               somewhere in the row, without regard to case",
            "user:ada          in that column", "\"two words\"       quotes keep spaces",
            "p95>2s last<=500ms   < > <= >= with a number or a duration: ms s m h d",
            "/^web_.*/         a regular expression in any column", "!state:idle       not", "",
            "Tab completes columns and their values, ↑ ↓ bring back earlier lines.",
            "Columns here: " + ConsoleState.columnNames(of: state.interface.view).joined(separator: " "),
        ]
    }

    private static let states = [
        "● running   a run is under way",
        "◐ waiting   the agent waits for a person, or its run is in a queue",
        "○ idle      no run is under way", "! stuck     no event for 30 s in an open run",
        "↻ looping   the same step again and again",
        "✕ error     the last run failed, or nothing could be created",
        "– ended     the session is over", "? unknown   the source does not say", "",
        "The five places of EVENTS: agent_started agent_thinking tool_executing tool_completed agent_completed.",
        "● it came   ○ not yet   ✕ the run failed   ? not observable", "",
        "C critical   W warning   n notice   · not known, which is never a zero",
    ]

    private static let marks = [
        "m marks the selected row, ' goes to the next marked one.",
        "In Events m asks for a note and bookmarks the event; bookmarks are kept for the next console.",
        ":bookmarks lists them.",
    ]

    private static let events = [
        "F follows the newest event; a move ends that, G begins it again.",
        "p pauses: events go on arriving, are kept and counted; p again shows them.",
        "w looks at the last 1, 5, 15, 60 minutes only. The filter looks before anything is cut.",
        "o wraps long details. e and E go to the next and previous error.",
        "The line below counts what is kept, what waits, what was let go for memory, what could not be read, and what the backend or the stream says was lost.",
    ]

    private static let findings = [
        "The queue stands by urgency: a breach of isolation first, then broken paths, runs without an end, errors, stuck ones, waiting ones, notices.",
        "Enter opens why, with the rows that made the rule fire.",
        "d acknowledges: the finding stands at the end until it goes; when it comes back it asks again.",
        "z snoozes for an hour. y copies it as Markdown. :help RULE says what a rule means.",
    ]

    private static let isolation = [
        "A crossing is an event that names another user than its session or run belongs to, or a dispatcher made for one user that served two.",
        "0 crossings is proof only for what can be observed: on a path with one dispatcher for everybody nothing can be proven, and that is said.",
    ]

    private static func messages(_ state: ConsoleState) -> [String] {
        let all = state.interface.notices.all
        return all.isEmpty ? ["Nothing was said yet."] : all.reversed().map { "\($0.at.clock)  \($0.text)" }
    }

    private static func bookmarks(_ state: ConsoleState) -> [String] {
        let all = state.interface.remembered.bookmarks
        if all.isEmpty { return ["No event is bookmarked; m in Events does it."] }
        return all.sorted { $0.at > $1.at }.map { bookmark in
            "\(Timestamp(milliseconds: bookmark.at).rfc3339)  "
                + (bookmark.note.isEmpty ? "no note" : bookmark.note)
        }
    }

    private static func explained(_ explanation: Explanation) -> [String] {
        [
            "\(explanation.id)  (\(explanation.severity.rawValue))", explanation.meaning, "",
            "threshold  \(explanation.threshold)", "source     \(explanation.source)",
            "do         \(explanation.advice)",
        ]
    }
}
