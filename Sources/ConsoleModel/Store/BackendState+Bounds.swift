import PatternDetection
import WireProtocol

/// Tables that a backend's words could fill without end: each has a bound, and what finds no room is counted.
extension BackendState {
    /// The most paths that are kept: rules compare each with the others, and a backend has a handful.
    static let maximumPaths = 512

    /// Adds a path and returns its place; nil where there is no room, which is counted.
    @discardableResult mutating func add(_ path: PathState, for symbol: Symbol) -> Int? {
        guard paths.count < Self.maximumPaths else {
            refuse(
                "path \(path.record.path.rawValue.prefix(64)): only the first \(Self.maximumPaths) paths are kept"
            )
            return nil
        }
        return paths.insert(path, for: symbol)
    }

    /// Adds owners to the dispatcher at a place; those that find no room are counted.
    mutating func addOwners(_ owners: [UserID], toDispatcherAt place: Int) {
        for owner in owners where !dispatchers.values[place].record.owners.contains(owner) {
            guard dispatchers.values[place].record.hasRoomForOwners else {
                let id = dispatchers.values[place].record.id.rawValue.prefix(64)
                return refuse(
                    "dispatcher \(id): only the first \(DispatcherRecord.maximumOwners) owners are kept")
            }
            dispatchers[place: place].record.owners.append(owner)
        }
    }
}

extension DispatcherRecord {
    /// The most owners that are kept of one dispatcher; a factory's has one, and of more a rule names four.
    static let maximumOwners = 256

    /// Whether another owner would be kept; where not, one that is missing may own it all the same.
    var hasRoomForOwners: Bool { owners.count < Self.maximumOwners }
}
