import PatternDetection
import WireProtocol

extension ConsoleState {
    /// The most candidates that Tab goes through.
    static let maximumCandidates = 50

    /// The whole texts that a prompt can become, the likeliest first.
    public func completions(of prompt: Prompt) -> [String] {
        switch prompt.kind {
        case .command: Array(commandCompletions(prompt.text).prefix(Self.maximumCandidates))
        case .filter: Array(filterCompletions(prompt.text).prefix(Self.maximumCandidates))
        case .confirm(let requests): requests.map(\.word).filter { $0.hasPrefix(prompt.text) }
        case .search, .note: []
        }
    }

    private func commandCompletions(_ text: String) -> [String] {
        guard let space = text.firstIndex(of: " ") else {
            return Fuzzy.ranked(Command.words, by: text).map { word in
                let takesMore = Command.all.first { $0.word == word }?.needsArgument == true
                return takesMore ? word + " " : word
            }
        }
        let word = String(text[..<space])
        guard let command = Command.all.first(where: { $0.word == word }) else { return [] }
        let argument = String(text[text.index(after: space)...].drop { $0 == " " })
        return Fuzzy.ranked(command.candidates(self), by: argument).map { "\(word) \($0)" }
    }

    /// Completes the last term: a column's name, or behind its colon one of the values it shows.
    private func filterCompletions(_ text: String) -> [String] {
        let start = text.lastIndex(of: " ").map { text.index(after: $0) } ?? text.startIndex
        let head = String(text[..<start])
        var term = String(text[start...])
        let negation = term.hasPrefix("!") ? "!" : ""
        term = String(term.dropFirst(negation.count))
        let view = interface.view
        guard let colon = term.firstIndex(of: ":") else {
            return Fuzzy.ranked(Self.columnNames(of: view), by: term).map { head + negation + $0 + ":" }
        }
        let name = String(term[..<colon])
        let typed = term[term.index(after: colon)...].filter { $0 != "\"" }
        return Fuzzy.ranked(values(of: name, in: view), by: typed).map { value in
            let needsQuotes = value.contains { $0 == " " || $0 == "\"" }
            let plain = value.filter { $0 != "\"" }
            return "\(head)\(negation)\(name):" + (needsQuotes ? "\"\(plain)\"" : plain) + " "
        }
    }

    /// What a column shows over all rows of a view, the most frequent first.
    private func values(of name: String, in view: ViewID) -> [String] {
        func values<Row>(_ rows: [Row], _ columns: [Column<Row>]) -> [String] {
            guard let column = columns.first(where: { $0.name == name }) else { return [] }
            var counts: [String: Int] = [:]
            for row in rows { counts[column.completionText(row), default: 0] += 1 }
            counts[""] = nil
            counts[AgeText.none] = nil
            return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        }
        switch view {
        case .sessions: return values(sessionRows(), SessionRow.columns)
        case .paths: return values(pathRows(), PathRow.columns)
        case .dispatchers: return values(dispatcherRows(), DispatcherRow.columns)
        case .findings, .pulse: return values(findingRows(), FindingRow.columns)
        case .health: return values(healthRows(), HealthRow.columns)
        case .events:
            // The newest thousand tell enough, and reading every line would take seconds.
            let rows = shownEvents.suffix(1000).compactMap { eventRow($0) }
            return values(rows, EventRow.columns)
        }
    }
}

extension Column {
    /// What is offered behind `NAME:`: what filters look into, without the age behind a state.
    func completionText(_ row: Row) -> String {
        let text = searchText(row)
        guard name == "state" || name == "outcome" || name == "status" else { return text }
        let words = text.split(separator: " ")
        return words.first { $0.first?.isLetter == true }.map(String.init) ?? text
    }
}
