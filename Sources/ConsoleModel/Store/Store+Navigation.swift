import PatternDetection
import WireProtocol

extension Store {
    /// One place back, from a view to Pulse, and out of the console there; help and prompts are closed first.
    mutating func quitOrBack() -> [Effect] {
        let interface = state.interface
        if interface.overlay != nil || interface.prompt != nil {
            goBack()
        } else if interface.places.count > 1 {
            pop()
        } else if interface.view == .pulse {
            return [.quit]
        } else {
            show(.pulse)
        }
        return []
    }

    /// Shows a view of the number keys.
    mutating func show(_ view: ViewID) {
        let before = state.interface.view
        if before != view { state.interface.history.lastView = before }
        go([.view(view)])
    }

    /// Opens a place on top of the one that is shown.
    mutating func push(_ place: Place) {
        if state.interface.place == place { return }
        // Deeper than anybody can have meant; the oldest steps are forgotten.
        go(Array((state.interface.places + [place]).suffix(32)))
    }

    private mutating func pop() {
        guard state.interface.places.count > 1 else { return }
        go(Array(state.interface.places.dropLast()))
    }

    /// Shows another stack of places, and remembers this one.
    private mutating func go(_ places: [Place]) {
        state.interface.prompt = nil
        state.interface.overlay = nil
        guard places != state.interface.places else { return }
        state.interface.history.earlier.append(state.interface.places)
        if state.interface.history.earlier.count > 50 { state.interface.history.earlier.removeFirst() }
        state.interface.history.later = []
        state.interface.places = places
        state.interface.section = 0
    }

    /// Goes to the nearest stack on one side of the history.
    mutating func step(
        from source: WritableKeyPath<PlaceHistory, [[Place]]>,
        to target: WritableKeyPath<PlaceHistory, [[Place]]>
    ) {
        guard let places = state.interface.history[keyPath: source].popLast() else { return }
        state.interface.history[keyPath: target].append(state.interface.places)
        state.interface.places = places
        state.interface.section = 0
        state.interface.prompt = nil
        state.interface.overlay = nil
    }

    /// Peels help, prompt, filter, then the place; at the root, Pulse is where everything ends.
    mutating func goBack() {
        if state.interface.overlay != nil {
            state.interface.overlay = nil
        } else if state.interface.prompt != nil {
            state.interface.prompt = nil
        } else if case .view(let view) = state.interface.place, state.interface.filters[view] != nil {
            state.interface.filters[view] = nil
        } else if state.interface.places.count > 1 {
            pop()
        } else if state.interface.view != .pulse {
            show(.pulse)
        }
    }

    /// Opens what is selected.
    mutating func drill() {
        guard let row = state.selectedRowID, let place = state.place(behind: row) else { return }
        push(place)
    }

    /// Gives the keys to another section.
    mutating func moveSection(by offset: Int) {
        let count = state.sectionCount
        guard count > 1 else { return }
        state.interface.section = (state.interface.section + offset + count) % count
        // A timeline ends with what happened last, and that is what it shows.
        if case .context = state.interface.place,
            state.interface.table.selections[state.interface.section] == nil,
            case .event(let number)? = state.selectableRows().last?.id
        {
            remember(.event(number))
        }
    }
}

extension ConsoleState {
    /// How many sections the place has that a selection can be in.
    public var sectionCount: Int {
        switch interface.place {
        case .view(.pulse): 2
        case .context: 3
        case .view(.findings), .view(.sessions), .view(.paths), .view(.dispatchers), .view(.events),
            .view(.health), .finding, .path, .dispatcher, .event, .check:
            1
        }
    }

    /// What Enter opens on a row: the context wherever there is one, else what explains the row.
    func place(behind row: RowID) -> Place? {
        switch row {
        case .session(let key): return .context(key)
        case .path(let key): return interface.place == .path(key) ? nil : .path(key)
        case .event(let number): return .event(number)
        case .check(let key): return .check(key)
        case .finding(let key): return behind(finding: key)
        case .dispatcher(let key):
            if interface.place == .dispatcher(key) { return nil }
            return .dispatcher(key)
        case .run(let key): return newestEvent(of: key).map { .event($0) }
        case .field(let name): return place(behindField: name)
        case .missing: return nil
        }
    }

    /// What a context's ids lead to: its dispatcher, its path.
    private func place(behindField name: String) -> Place? {
        guard case .context(let key) = interface.place, let detail = contextDetail(key) else { return nil }
        switch name {
        case "dispatch": return detail.dispatcher.map { .dispatcher($0.key) }
        case "path": return detail.path.map { .path($0.key) }
        default: return nil
        }
    }

    /// The finding itself; from there, what it is about.
    private func behind(finding key: FindingKey) -> Place? {
        guard interface.place == .finding(key) else { return .finding(key) }
        guard let finding = finding(key) else { return nil }
        switch finding.subject {
        case .session(let id, let owner):
            return .context(SessionKey(backend: key.backend, owner: owner, id: id))
        case .path(let path): return .path(PathKey(backend: key.backend, id: path))
        case .dispatcher(let id): return .dispatcher(DispatcherKey(backend: key.backend, id: id))
        case .run(let id, let owner):
            return session(of: RunKey(backend: key.backend, owner: owner, id: id)).map { .context($0) }
        case .backend: return .check(CheckKey(backend: key.backend, id: ""))
        }
    }

    /// The session that a run belongs to.
    public func session(of key: RunKey) -> SessionKey? {
        guard let backend = backend(key.backend), let run = backend.runs.place(key, symbols),
            !backend.runs.values[run].session.isNone
        else { return nil }
        return self.key(ofSession: backend.runs.values[run].session, of: backend)
    }

    /// The key of a session's row.
    func key(ofSession key: OwnedSymbol, of backend: BackendState) -> SessionKey {
        SessionKey(backend: backend.key, owner: owner(key), id: SessionID(rawValue: text(key.id)))
    }

    /// The key of a run's row.
    func key(ofRun key: OwnedSymbol, of backend: BackendState) -> RunKey {
        RunKey(backend: backend.key, owner: owner(key), id: RunID(rawValue: text(key.id)))
    }

    private func owner(_ key: OwnedSymbol) -> UserID? {
        key.owner.isNone ? nil : UserID(rawValue: text(key.owner))
    }

    private func newestEvent(of key: RunKey) -> Int? {
        guard let backend = backend(key.backend), let place = backend.runs.place(key, symbols) else {
            return nil
        }
        let run = backend.runs.values[place]
        var next = backend.sessions[run.session]?.counts.newestEvent
        while let number = next, let record = events[number] {
            if record.run == run.id { return number }
            next = events.previousInSession(number)
        }
        return nil
    }
}
