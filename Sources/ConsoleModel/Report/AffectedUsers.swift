import PatternDetection
import WireProtocol

extension ConsoleState {
    /// The users that a finding touches, by name: those of its path, session or run, and a dispatcher's owners.
    public func affectedUsers(by finding: Finding) -> [String] {
        guard let backend = backend(finding.backend) else { return [] }
        var users: Set<Symbol> = []
        switch finding.subject {
        case .path(let path):
            guard let symbol = symbols.find(path.rawValue) else { return [] }
            for place in backend.sessions.values.indices
            where backend.sessions.values[place].path == symbol && !backend.sessions.values[place].isEnded {
                users.insert(backend.sessions.values[place].user)
            }
        case .session(let id, let owner):
            if let place = backend.sessions.place(id, of: owner, symbols) {
                users.insert(backend.sessions.values[place].user)
            }
        case .run(let id, let owner):
            if let place = backend.runs.place(id, of: owner, symbols) {
                users.insert(backend.runs.values[place].user)
            }
        case .dispatcher(let id):
            let owners = symbols.find(id.rawValue).flatMap { backend.dispatchers[$0] }?.record.owners ?? []
            return owners.map(\.rawValue).sorted()
        case .backend: return []
        }
        return users.filter { !$0.isNone }.map(text).sorted()
    }
}
