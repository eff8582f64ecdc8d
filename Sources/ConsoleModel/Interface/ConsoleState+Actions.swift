import PatternDetection
import WireProtocol

extension ConsoleState {
    /// What an operator could do to what is selected or shown.
    public var possibleActions: [ActionRequest] {
        switch interface.place {
        case .context(let key): return actions(onSession: key)
        case .dispatcher(let key): return actions(onDispatcher: key)
        case .path(let key): return actions(onPath: key)
        case .view, .finding, .event, .check: break
        }
        switch selectedRowID {
        case .session(let key): return actions(onSession: key)
        case .dispatcher(let key): return actions(onDispatcher: key)
        case .path(let key): return actions(onPath: key)
        case .run, .check, .event, .finding, .missing, .field, nil: return []
        }
    }

    /// Ends a live session, or disposes of the dispatcher that it alone owns.
    private func actions(onSession key: SessionKey) -> [ActionRequest] {
        guard let backend = backend(key.backend), let place = backend.sessions.place(key, symbols),
            case let session = backend.sessions.values[place], !session.isEnded
        else { return [] }
        let user = session.user.isNone ? nil : UserID(rawValue: text(session.user))
        let dispatcher = DispatcherKey(
            backend: key.backend, id: DispatcherID(rawValue: text(session.dispatcher)))
        return [ActionRequest(backend: key.backend, kind: .terminate(key.id, of: user))]
            + (session.dispatcher.isNone ? [] : actions(onDispatcher: dispatcher))
    }

    private func actions(onDispatcher key: DispatcherKey) -> [ActionRequest] {
        guard let backend = backend(key.backend), let symbol = symbols.find(key.id.rawValue),
            let dispatcher = backend.dispatchers[symbol], dispatcher.record.state != .disposed
        else { return [] }
        return [ActionRequest(backend: key.backend, kind: .dispose(key.id))]
    }

    /// The two patterns that a path can be moved to, alone or with all others; a backend knows no more (WIRE.md).
    private func actions(onPath key: PathKey) -> [ActionRequest] {
        [key.id, .everyPath].flatMap { path in
            [.factory, .singleton].map { ActionRequest(backend: key.backend, kind: .setPattern(path, $0)) }
        }
    }
}

extension ConsoleState {
    /// Whose session it is; empty when nobody's or not known any more.
    public func userName(of key: SessionKey) -> String {
        guard let backend = backend(key.backend), let place = backend.sessions.place(key, symbols) else {
            return ""
        }
        return text(backend.sessions.values[place].user)
    }
}

extension Store {
    /// Asks for the word that confirms what can be done here.
    mutating func beginAction() {
        guard state.whyNoAction == nil else { return say(state.whyNoAction ?? "", .notice) }
        state.interface.prompt = Prompt(kind: .confirm(state.possibleActions))
    }

    /// Does what was confirmed, when the word is exactly that of one of the requests.
    mutating func confirm(_ word: String, _ requests: [ActionRequest]) -> [Effect] {
        guard let request = requests.first(where: { $0.word == word }) else {
            let words = requests.map(\.word).joined(separator: " or ")
            state.interface.prompt?.problem = .init(message: "type \(words), or Esc", position: nil)
            return []
        }
        state.interface.prompt = nil
        say("asked to \(request.words)", .notice)
        return [.perform(request)]
    }

    /// Tells what became of an action, and keeps it among what changed.
    mutating func note(_ outcome: ActionOutcome, of request: ActionRequest) {
        func because(_ words: String) -> String { words.isEmpty ? "" : ": \(words)" }
        switch outcome {
        case .done(let words):
            say("✓ \(request.words)\(because(words))", .ok)
            state.changes.append(
                Change(
                    at: state.now, backend: request.backend, text: "you: \(request.words)", severity: .notice)
            )
        case .refused(let words): say("refused to \(request.words)\(because(words))", .warning)
        case .failed(let words): say("could not \(request.words)\(because(words))", .critical)
        }
    }

    /// Says one line in the footer, until the next key.
    mutating func say(_ text: String, _ severity: Severity) {
        state.interface.notices.all.append(Notice(text: text, severity: severity, at: state.now))
        if state.interface.notices.all.count > 100 { state.interface.notices.all.removeFirst() }
        state.interface.notices.isShown = true
    }
}
