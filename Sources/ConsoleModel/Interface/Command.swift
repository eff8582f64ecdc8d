import PatternDetection
import WireProtocol

/// A word of the `:` prompt: what follows it, what it does, how it completes, in one value.
public struct Command: Sendable {
    /// The word.
    public let word: String
    /// What follows it: `NAME`, `[TOPIC]`; empty for nothing.
    public let argument: String
    /// What it does, for help.
    public let help: String
    /// What its argument can be.
    let candidates: @Sendable (ConsoleState) -> [String]
    /// Does it.
    let run: @Sendable (inout Store, String) -> [Effect]

    init(
        _ word: String, _ argument: String = "", _ help: String,
        candidates: @escaping @Sendable (ConsoleState) -> [String] = { _ in [] },
        run: @escaping @Sendable (inout Store, String) -> [Effect]
    ) {
        self.word = word
        self.argument = argument
        self.help = help
        self.candidates = candidates
        self.run = run
    }

    /// Every command, in the order of help. Add one here.
    public static let all: [Command] =
        views + [
            Command("user", "NAME", "the sessions of one user", candidates: \.userNames) { store, name in
                store.showSessions(filteredBy: "user", name)
            },
            Command(
                "session", "ID", "one session's context, by its id or the end of it",
                candidates: \.sessionNames
            ) {
                store, id in
                store.openSession(id)
            },
            Command("backend", "NAME", "the sessions of one backend", candidates: { $0.backends.map(\.name) })
            {
                store, name in
                store.showSessions(filteredBy: "backend", name)
            },
            Command("connect", "URL", "watch one more backend") { store, url in
                store.state.interface.prompt = nil
                return [.connect(url)]
            },
            Command("theme", "NAME", "draw with another theme", candidates: { $0.interface.settings.themes })
            {
                store, name in
                store.setTheme(name)
            },
            Command(
                "mouse", "on|off", "let the terminal report clicks and the wheel",
                candidates: { _ in ["on", "off"] }
            ) {
                store, word in
                store.setMouse(word)
            },
            Command(
                "graph", "block|braille", "draw graphs with blocks or with braille dots",
                candidates: { _ in GraphStyle.allCases.map(\.rawValue) }
            ) { store, word in
                store.setGraph(word)
            },
            Command("report", "[FILE]", "write what is known as Markdown") { store, file in
                store.state.interface.prompt = nil
                return [.writeReport(file)]
            },
            Command("messages", "", "what the console said") { store, _ in
                store.openHelp("messages")
            },
            Command("bookmarks", "", "the bookmarked events and their notes") { store, _ in
                store.openHelp("bookmarks")
            },
            Command(
                "help", "[TOPIC]", "these keys, or a topic, rule or verdict",
                candidates: { _ in HelpTopic.names }
            ) { store, topic in
                store.openHelp(topic.isEmpty ? nil : topic)
            },
            Command("quit", "", "leave the console") { _, _ in [.quit] },
        ]

    private static let views: [Command] = ViewID.allCases.map { view in
        Command(view.word, "", "the view \(view.title)") { store, _ in
            store.show(view)
            return []
        }
    }

    /// Whether something must follow the word.
    var needsArgument: Bool { !argument.isEmpty && !argument.hasPrefix("[") }

    /// The words, for messages.
    static let words = all.map(\.word)
}

extension Store {
    /// Does what a `:` line says; a mistake stays in the prompt with its words.
    mutating func run(_ line: String) -> [Effect] {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let first = words.first else {
            state.interface.prompt = nil
            return []
        }
        let argument = words.count > 1 ? String(words[1].drop { $0 == " " }) : ""
        let word = first == "q" ? "quit" : first
        guard let command = Command.all.first(where: { $0.word == word }) else {
            let near = Fuzzy.ranked(Command.words, by: word).prefix(3)
            let known = near.isEmpty ? "; :help lists them" : "; is it \(near.joined(separator: ", "))?"
            return refuse("no command \(first)\(known)")
        }
        if command.needsArgument, argument.isEmpty {
            return refuse(":\(command.word) needs \(command.argument)")
        }
        if command.argument.isEmpty, !argument.isEmpty {
            return refuse(":\(command.word) takes nothing behind it")
        }
        return command.run(&self, argument)
    }

    private mutating func refuse(_ message: String) -> [Effect] {
        state.interface.prompt?.problem = .init(message: message, position: nil)
        return []
    }

    /// Shows the sessions that hold a text in one column; a quote cannot be spelled, so it cannot be asked for.
    mutating func showSessions(filteredBy column: String, _ text: String) -> [Effect] {
        show(.sessions)
        let plain = text.filter { $0 != "\"" }
        state.interface.filters[.sessions] = plain.isEmpty ? nil : "\(column):\"\(plain)\""
        return []
    }

    mutating func openSession(_ id: String) -> [Effect] {
        guard let key = state.sessionKey(endingIn: id) else { return refuse("no session ends in \(id)") }
        show(.sessions)
        push(.context(key))
        return []
    }

    mutating func setMouse(_ word: String) -> [Effect] {
        guard word == "on" || word == "off" else { return refuse(":mouse on, or :mouse off") }
        state.interface.settings.isMouseOn = word == "on"
        state.interface.prompt = nil
        say("mouse \(word)", .ok)
        return [.mouse(word == "on")]
    }

    mutating func setGraph(_ word: String) -> [Effect] {
        guard let graph = GraphStyle(rawValue: word) else { return refuse(":graph block, or :graph braille") }
        state.interface.settings.graph = graph
        state.interface.prompt = nil
        return []
    }

    mutating func openHelp(_ topic: String?) -> [Effect] {
        if let topic, HelpTopic.lines(topic, state) == nil {
            let near = Fuzzy.ranked(HelpTopic.names, by: topic).prefix(3)
            let hint =
                near.isEmpty
                ? "there are \(HelpTopic.own.joined(separator: " "))"
                : "is it \(near.joined(separator: ", "))?"
            return refuse("no topic \(topic); \(hint)")
        }
        state.interface.prompt = nil
        state.interface.overlay = .help(topic: topic)
        return []
    }
}

extension ConsoleState {
    /// The users with a session, each once, by name.
    var userNames: [String] {
        var users: Set<Symbol> = []
        for backend in backends { for session in backend.sessions.values { users.insert(session.user) } }
        return users.map { text($0) }.filter { !$0.isEmpty }.sorted()
    }

    /// The ids of live sessions, at most 2,000.
    var sessionNames: [String] {
        backends.flatMap { backend in
            backend.sessions.values.lazy.filter { !$0.isEnded }.prefix(2000).map { text($0.id) }
        }.sorted()
    }

    /// The session whose id is this, or ends in it; `USER/ID` where users share the id.
    func sessionKey(endingIn id: String) -> SessionKey? {
        for backend in backends {
            if let place = backend.sessions.place(SessionID(rawValue: id), of: nil, symbols) {
                return key(ofSession: backend.sessions.keys[place], of: backend)
            }
        }
        for backend in backends {
            for session in backend.sessions.values
            where text(session.id).hasSuffix(id) || id == "\(text(session.user))/\(text(session.id))" {
                return key(ofSession: session.key, of: backend)
            }
        }
        return nil
    }
}
