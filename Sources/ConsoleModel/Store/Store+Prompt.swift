import PatternDetection
import WireProtocol

extension Store {
    /// The most characters that a prompt takes.
    static let maximumPromptCharacters = 1000

    /// Opens the prompt with the view's filter in it.
    mutating func beginFilter() {
        let view = state.interface.view
        if state.interface.place != .view(view) { show(view) }
        state.interface.prompt = Prompt(kind: .filter, text: state.interface.filters[view] ?? "")
    }

    /// Types into the prompt.
    mutating func insert(_ text: String) {
        guard let prompt = state.interface.prompt else { return }
        let room = Self.maximumPromptCharacters - prompt.text.count
        // One line of printable text: what a paste holds besides has no business in a prompt.
        let printable = text.filter { character in
            !character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        state.interface.prompt?.text += printable.prefix(max(0, room))
        checkPrompt()
    }

    /// Removes the last character.
    mutating func deleteBackward() {
        if state.interface.prompt?.text.isEmpty == false { state.interface.prompt?.text.removeLast() }
        checkPrompt()
    }

    /// Does what the prompt says; a mistake stays open with its words.
    mutating func acceptPrompt() -> [Effect] {
        guard let prompt = state.interface.prompt else { return [] }
        switch prompt.kind {
        case .filter:
            checkPrompt()
            guard state.interface.prompt?.problem == nil else { return [] }
            let view = state.interface.view
            let isEmpty = prompt.text.allSatisfy(\.isWhitespace)
            state.interface.filters[view] = isEmpty ? nil : prompt.text
            state.interface.prompt = nil
            return []
        case .command:
            return run(prompt.text)
        }
    }

    private mutating func run(_ line: String) -> [Effect] {
        let words = line.split(separator: " ").map(String.init)
        guard let first = words.first else {
            state.interface.prompt = nil
            return []
        }
        if first == "q" || first == "quit" { return [.quit] }
        if first == "help" {
            state.interface.prompt = nil
            state.interface.isShowingHelp = true
            return []
        }
        if first == "user", words.count == 2 {
            show(.sessions)
            let isPlain = words[1].allSatisfy { $0 != "\"" }
            state.interface.filters[.sessions] = isPlain ? "user:\"\(words[1])\"" : nil
            return []
        }
        if words.count == 1, let view = ViewID.allCases.first(where: { $0.word == first }) {
            show(view)
            return []
        }
        let known = ConsoleState.commands.joined(separator: " ")
        state.interface.prompt?.problem = .init(
            message: "no command \(line); there are \(known)", position: nil)
        return []
    }

    /// Completes a command of which only one begins like this.
    mutating func completePrompt() {
        guard let prompt = state.interface.prompt, prompt.kind == .command, !prompt.text.isEmpty else {
            return
        }
        let fits = ConsoleState.commands.filter { $0.hasPrefix(prompt.text) }
        if let only = fits.first, fits.count == 1 { state.interface.prompt?.text = only }
    }

    /// Keeps the prompt's problem on what is typed now.
    private mutating func checkPrompt() {
        guard let prompt = state.interface.prompt else { return }
        state.interface.prompt?.problem = nil
        guard prompt.kind == .filter else { return }
        do throws(FilterError) {
            try state.checkFilter(prompt.text, in: state.interface.view)
        } catch {
            state.interface.prompt?.problem = .init(message: error.message, position: error.position)
        }
    }
}

extension ConsoleState {
    /// What `:` understands, for completion and help.
    public static let commands = ViewID.allCases.map(\.word) + ["user", "help", "quit"]

    /// Throws what is wrong with a filter for a view.
    public func checkFilter(_ text: String, in view: ViewID) throws(FilterError) {
        switch view {
        case .sessions: _ = try Filter(text, columns: SessionRow.columns)
        case .paths: _ = try Filter(text, columns: PathRow.columns)
        case .dispatchers: _ = try Filter(text, columns: DispatcherRow.columns)
        case .events: _ = try Filter(text, columns: EventRow.columns)
        case .findings, .pulse: _ = try Filter(text, columns: FindingRow.columns)
        case .health: _ = try Filter(text, columns: HealthRow.columns)
        }
    }
}
