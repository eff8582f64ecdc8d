import PatternDetection
import WireProtocol

/// The console's state and the only way to change it.
///
/// A struct: one task, the run loop, owns it. Nothing here waits, sleeps, reads
/// a clock or does I/O.
public struct Store: Sendable {
    /// The state; read it, draw it, never keep it.
    public internal(set) var state: ConsoleState
    /// What the rules said about each backend; a backend's part is dropped whenever a message changes it.
    var rulings = StandingRulings()

    /// How often events alone may make triage run: every 500 ms of the state's time.
    static let triageInterval = Duration.milliseconds(500)

    /// One triage looks at every row, so that events alone make it run only when so many of them have come for
    /// each row: reading a file of any size costs each row the same.
    static let rowsPerEvent = 8

    /// How many events came since triage ran.
    private var untriagedEvents = 0

    /// A store that begins with this state.
    public init(_ state: ConsoleState) { self.state = state }

    /// Applies one action and returns the work it asks for; one line for each action, the compiler is the registry.
    public mutating func send(_ action: Action) -> [Effect] {
        if action.comesFromAPerson { state.interface.notices.isShown = false }
        switch action {
        case .addBackend(let key, let url): _ = place(of: key, url: url)
        case .received(let key, let message, let moment): receive(message, from: key, at: moment)
        case .tick(let moment): tick(moment)
        case .resize(let width, let height): resize(width: width, height: height)
        case .applySettings(let settings): apply(settings)
        case .applyRules(let rules, let limits, let expected):
            (state.ruleSettings, state.ruleLimits, state.expected) = (rules, limits, expected)
            triage()
            touch()
        case .recall(let remembered):
            state.interface.remembered = remembered
            touch()
        case .probed(let key, let report):
            guard let place = state.backends.firstIndex(where: { $0.key == key }) else { break }
            rulings.forget(key)
            state.backends[place].memory.take(report)
            touch()
        case .performed(let request, let outcome): note(outcome, of: request)
        case .say(let text, let severity): say(text, severity)

        case .quit: return [.quit]
        case .quitOrBack: return quitOrBack()
        case .show(let view): show(view)
        case .open(let place): push(place)
        case .drill: drill()
        case .back: goBack()
        case .lastView: if let last = state.interface.history.lastView { show(last) }
        case .historyBack: step(from: \.earlier, to: \.later)
        case .historyForward: step(from: \.later, to: \.earlier)
        case .nextSection: moveSection(by: 1)
        case .previousSection: moveSection(by: -1)

        case .select(let row): select(row)
        case .selectSection(let section):
            state.interface.section = min(max(0, section), state.sectionCount - 1)
        case .moveSelection(let offset): moveSelection(by: offset)
        case .moveHalfPage(let direction): moveSelection(by: direction.signum() * halfPage)
        case .selectFirst: select(first: true)
        case .selectLast: select(first: false)
        case .nextAttention: selectNeedy(step: 1)
        case .previousAttention: selectNeedy(step: -1)
        case .nextError: selectError(step: 1)
        case .previousError: selectError(step: -1)
        case .nextMark: selectNextMark()
        case .nextMatch(let step): nextMatch(by: step)

        case .beginFilter: beginFilter()
        case .beginSearch: beginSearch()
        case .beginCommand: state.interface.prompt = Prompt(kind: .command)
        case .insert(let text): insert(text)
        case .deleteBackward: deleteBackward()
        case .deleteWord: deleteWord()
        case .clearPrompt: edit("")
        case .completePrompt: completePrompt(by: 1)
        case .completePromptBackward: completePrompt(by: -1)
        case .earlierEntry: recallEntry(by: 1)
        case .laterEntry: recallEntry(by: -1)
        case .acceptPrompt: return acceptPrompt()
        case .cancelPrompt: state.interface.prompt = nil

        case .sortByNextColumn: sort(by: 1)
        case .sortByPreviousColumn: sort(by: -1)
        case .reverseSort: changeTable { $0.isReversed.toggle() }
        case .scrollColumns(let offset): scrollColumns(by: offset)
        case .scrollPage(let line): changeTable { $0.scroll = max(0, line) }
        case .chooseColumns: chooseColumns()
        case .chooser(let step): choose(step)
        case .groupByNext: groupByNext()
        case .nextWindow(let step): nextWindow(by: step)
        case .toggleWrap: state.interface.stream.isWrapping.toggle()
        case .togglePause: togglePause()
        case .toggleFollow: toggleFollow()
        case .toggleHelp: toggleHelp()
        case .nextTheme: return nextTheme()

        case .toggleMark: return toggleMark()
        case .acknowledge: return acknowledge()
        case .snooze: return snooze()
        case .beginAction: beginAction()
        case .copy: return copy(state.copyText)
        case .copyCommand: return copy(state.copyCommandText)
        }
        return []
    }

    /// Changes what the shown place's table remembers.
    mutating func changeTable(_ change: (inout TableState) -> Void) {
        change(&state.interface.tables[state.interface.place, default: TableState()])
    }

    private mutating func toggleHelp() {
        state.interface.overlay = state.interface.isShowingHelp ? nil : .help(topic: nil)
        state.interface.helpScroll = 0
    }

    private mutating func copy(_ text: String?) -> [Effect] {
        guard let text else { return [] }
        let lines = text.utf8.count { $0 == 0x0A }
        say(lines > 1 ? "copied \(lines) lines" : "copied \(text.prefix(60))", .ok)
        return [.copy(text)]
    }

    private mutating func tick(_ moment: Timestamp) {
        state.now = max(state.now, moment)
        let before = state.findings
        triage()
        if state.findings != before { touch() }
        state.derived.catchUp(at: state.now)
    }

    /// Notes that rows have to be derived again.
    mutating func touch() { state.derived.touch(rowCount: state.rowCount, at: state.now) }

    private mutating func resize(width: Int, height: Int) {
        state.interface.size = .init(width: max(0, width), height: max(0, height))
    }

    /// Where a backend stands in the state; it is added when it is new.
    private mutating func place(of key: BackendKey, url: String) -> Int {
        if let place = state.backends.firstIndex(where: { $0.key == key }) { return place }
        var backend = BackendState(key: key, url: url)
        backend.reception.redaction = state.redaction
        state.backends.append(backend)
        touch()
        return state.backends.count - 1
    }

    private mutating func receive(_ message: Message, from key: BackendKey, at moment: Timestamp) {
        state.now = max(state.now, moment)
        let message = state.redaction.message(message)
        let place = place(of: key, url: "")
        rulings.forget(key)
        let linkBefore = state.backends[place].link.state
        state.backends[place].reception.lastReceivedAt = moment
        if message.isAnswer { state.backends[place].reception.lastAnswerAt = moment }
        defer { touch() }
        var changes: [Change] = []
        switch message {
        case .health(let record, let body):
            state.backends[place].take(record, body: body, at: moment, changes: &changes)
        case .snapshot(let snapshot):
            state.backends[place].take(snapshot, symbols: &state.symbols, at: moment, changes: &changes)
        case .events(let batch):
            state.backends[place].take(
                batch, symbols: &state.symbols, log: &state.events, at: moment, changes: &changes)
        case .link(let link, let reason, let retryIn):
            state.backends[place].take(link, reason: reason, retryIn: retryIn, at: moment, changes: &changes)
        case .dialect(let name, let coverage):
            state.backends[place].dialect = DialectStatus(name: name, coverage: coverage)
        case .read(let outcome): state.backends[place].take(outcome)
        case .boot(let id, let instance):
            state.backends[place].memory.boots.note(id, instance: instance, at: moment)
        case .refused(let what, let reason):
            state.backends[place].refuse("\(what): \(reason)")
        }
        note(changes)
        if state.symbols.count > state.symbols.compactsAt { state.compactSymbols() }
        if case .events(let batch) = message { untriagedEvents = untriagedEvents.adding(batch.events.count) }
        let isDue =
            state.triagedAt.map { state.now.since($0) >= Self.triageInterval } ?? true
            && untriagedEvents >= triagedRowCount / Self.rowsPerEvent
        if case .events = message, !isDue, linkBefore == state.backends[place].link.state { return }
        triage()
    }

    /// How many rows triage looks at.
    private var triagedRowCount: Int {
        state.backends.reduce(0) { $0 + $1.sessions.count + $1.runs.count + $1.dispatchers.count }
    }

    private mutating func note(_ changes: [Change]) {
        state.changes += changes
        let surplus = state.changes.count - ConsoleState.maximumChanges
        if surplus > 0 { state.changes.removeFirst(surplus) }
    }

    /// Runs the rules where their answers may have changed, and remembers when each finding was first seen.
    private mutating func triage() {
        let findings = state.flapping.settle(
            rulings.findings(in: state), before: state.findings.filter { !$0.isHeld }, at: state.now
        )
        .sorted(by: Finding.isMoreUrgent)
        let keys = Set(findings.map(\.key))
        forget(gone: state.findings.map(\.key).filter { !keys.contains($0) })
        var seen: [FindingKey: Timestamp] = [:]
        for finding in findings {
            seen[finding.key] = state.firstSeen[finding.key] ?? finding.since ?? state.now
        }
        state.firstSeen = seen
        state.findings = findings
        state.triagedAt = state.now
        untriagedEvents = 0
    }
}

extension Message {
    /// Whether the backend itself said it; a lost link is the client's word.
    fileprivate var isAnswer: Bool {
        switch self {
        case .snapshot, .events, .dialect, .boot: true
        case .health(let record, _): record.httpStatus != nil
        case .link, .read, .refused: false
        }
    }
}
