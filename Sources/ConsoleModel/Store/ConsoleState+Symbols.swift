import PatternDetection
import WireProtocol

extension ConsoleState {
    /// Lets go the texts that nothing refers to any more.
    ///
    /// Ids of runs and dispatchers never end; without this, a console that
    /// watches for a week would hold every one it ever saw.
    mutating func compactSymbols() {
        let old = symbols
        var table = SymbolTable()
        var numbers = [UInt32](repeating: 0, count: old.count + 1)
        func renamed(_ symbol: Symbol) -> Symbol {
            if symbol.isNone { return symbol }
            let number = Int(symbol.rawValue)
            if numbers[number] == 0 { numbers[number] = table.intern(symbol, of: old).rawValue }
            return Symbol(numbers[number])
        }
        events.mapSymbols(renamed)
        for index in backends.indices { backends[index].mapSymbols(renamed) }
        table.compactsAt = max(SymbolTable.compactionCount, table.count * 2)
        symbols = table
    }
}

extension BackendState {
    fileprivate mutating func mapSymbols(_ renamed: (Symbol) -> Symbol) {
        paths.mapSymbols(renamed) { _ in }
        dispatchers.mapSymbols(renamed) { _ in }
        sessions.mapSymbols(renamed) { session in
            session.key = session.key.renamed(renamed)
            session.user = renamed(session.user)
            session.path = renamed(session.path)
            session.service = renamed(session.service)
            session.dispatcher = renamed(session.dispatcher)
            session.lastRun = session.lastRun.renamed(renamed)
        }
        runs.mapSymbols(renamed) { run in
            run.key = run.key.renamed(renamed)
            run.session = run.session.renamed(renamed)
            run.dispatcher = renamed(run.dispatcher)
            run.user = renamed(run.user)
            run.path = renamed(run.path)
            run.lastTool = renamed(run.lastTool)
            for index in run.tools.indices { run.tools[index].name = renamed(run.tools[index].name) }
        }
        past.sessions = past.sessions.map { $0.renamed(renamed) }
        past.runs = past.runs.map { $0.renamed(renamed) }
        past.dispatchers = past.dispatchers.map(renamed)
        past.numbers = Dictionary(
            past.numbers.map { (renamed($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        statistics.toolCalls = Dictionary(
            statistics.toolCalls.map { (renamed($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}

extension EventRecord {
    /// Replaces every symbol.
    mutating func mapSymbols(_ renamed: (Symbol) -> Symbol) {
        user = renamed(user)
        session = renamed(session)
        run = renamed(run)
        path = renamed(path)
        dispatcher = renamed(dispatcher)
        name = renamed(name)
    }
}
