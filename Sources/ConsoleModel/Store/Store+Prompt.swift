import PatternDetection
import WireProtocol

extension Store {
    /// The most characters that a prompt takes.
    static let maximumPromptCharacters = 1000

    /// Opens the prompt with the view's filter in it; Pulse hands on to its findings.
    mutating func beginFilter() {
        let view = state.interface.view == .pulse ? .findings : state.interface.view
        if state.interface.place != .view(view) { show(view) }
        state.interface.prompt = Prompt(kind: .filter, text: state.interface.filters[view] ?? "")
    }

    /// Opens the prompt for what to look for on a page.
    mutating func beginSearch() {
        state.interface.prompt = Prompt(kind: .search, text: state.interface.table.search)
    }

    /// Types into the prompt.
    mutating func insert(_ text: String) {
        guard let prompt = state.interface.prompt else { return }
        let room = Self.maximumPromptCharacters - prompt.text.count
        // One line of printable text: what a paste holds besides has no business in a prompt.
        let printable = text.filter { character in
            !character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        edit(prompt.text + printable.prefix(max(0, room)))
    }

    /// Removes the last character.
    mutating func deleteBackward() { edit(String(state.interface.prompt?.text.dropLast() ?? "")) }

    /// Removes the last word and the spaces behind it.
    mutating func deleteWord() {
        guard var text = state.interface.prompt?.text else { return }
        while text.last?.isWhitespace == true { text.removeLast() }
        while let last = text.last, !last.isWhitespace { text.removeLast() }
        edit(text)
    }

    /// Puts another text into the prompt, as if it had been typed.
    mutating func edit(_ text: String) {
        state.interface.prompt?.text = text
        state.interface.prompt?.completion = nil
        checkPrompt()
    }

    /// Goes back in the lines typed before, or forward for less than 0.
    mutating func recallEntry(by offset: Int) {
        guard let prompt = state.interface.prompt else { return }
        let typed = state.interface.history.typed[prompt.kind] ?? []
        let age = min(max(0, prompt.age + offset), typed.count)
        guard age != prompt.age else { return }
        state.interface.prompt?.age = age
        edit(age == 0 ? "" : typed[typed.count - age])
    }

    /// Does what the prompt says; a mistake stays open with its words.
    mutating func acceptPrompt() -> [Effect] {
        guard let prompt = state.interface.prompt else { return [] }
        switch prompt.kind {
        case .filter:
            checkPrompt()
            guard state.interface.prompt?.problem == nil else { return [] }
            keep(prompt)
            let isEmpty = prompt.text.allSatisfy(\.isWhitespace)
            state.interface.filters[state.interface.view] = isEmpty ? nil : prompt.text
            state.interface.prompt = nil
            return []
        case .command:
            keep(prompt)
            return run(prompt.text)
        case .search:
            keep(prompt)
            state.interface.tables[state.interface.place, default: TableState()].search = prompt.text
            state.interface.prompt = nil
            nextMatch(by: 0)
            return []
        case .note(let fingerprint, let moment):
            return bookmark(fingerprint, at: moment, note: prompt.text)
        case .confirm(let requests):
            return confirm(prompt.text, requests)
        }
    }

    /// Keeps a line for the next time; the same line twice in a row is one.
    private mutating func keep(_ prompt: Prompt) {
        guard !prompt.text.allSatisfy(\.isWhitespace) else { return }
        var typed = state.interface.history.typed[prompt.kind] ?? []
        typed.removeAll { $0 == prompt.text }
        typed.append(prompt.text)
        state.interface.history.typed[prompt.kind] = Array(typed.suffix(50))
    }

    /// Completes what is typed; again for the next candidate.
    mutating func completePrompt(by step: Int) {
        guard let prompt = state.interface.prompt else { return }
        var completion = prompt.completion
        if let known = completion {
            completion?.index = (known.index + step + known.candidates.count) % known.candidates.count
        } else {
            let candidates = state.completions(of: prompt)
            guard !candidates.isEmpty else { return }
            completion = .init(candidates: candidates, index: step > 0 ? 0 : candidates.count - 1)
        }
        guard let completion else { return }
        edit(completion.candidates[completion.index])
        // A single candidate is taken, so that the next Tab completes what follows it.
        state.interface.prompt?.completion = completion.candidates.count == 1 ? nil : completion
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
