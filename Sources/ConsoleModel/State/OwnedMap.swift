import WireProtocol

/// A row of an ``OwnedMap``: an id, and the user where another one had the id first.
public struct OwnedSymbol: Hashable, Sendable {
    /// The id.
    public let id: Symbol
    /// The user; none for the first one to have the id, and where no user is known.
    public let owner: Symbol

    init(_ id: Symbol, owner: Symbol = .none) {
        self.id = id
        self.owner = owner
    }

    /// No row.
    public static let none = OwnedSymbol(.none)

    /// Whether it names no row.
    public var isNone: Bool { id.isNone }
}

extension OwnedMap {
    /// Where the value of an id and its owner is, as subjects and selections name them.
    func place(_ id: some WireIdentifier, of owner: UserID?, _ symbols: SymbolTable) -> Int? {
        guard let id = symbols.find(id.rawValue) else { return nil }
        guard let owner else { return place(id, of: .none) }
        return symbols.find(owner.rawValue).flatMap { place(id, of: $0) }
    }

    /// Where the value of a key is.
    func place(_ key: Scoped<some WireIdentifier>, _ symbols: SymbolTable) -> Int? {
        place(key.id, of: key.owner, symbols)
    }
}

/// A value that belongs to a user.
public protocol OwnedValue: Equatable, Sendable {
    /// The user; none until one is known.
    var user: Symbol { get }
}

/// Values by id and owner, for ids that clients choose: two users may have the same one.
///
/// The first user to have an id is found by the id alone, as nearly all are; only those who come after
/// have an entry of their own. The values never move on a change, only on a removal.
public struct OwnedMap<Value: OwnedValue>: Equatable, Sendable {
    /// Those who were first to have their id.
    private var first = SymbolMap<Int32>()
    /// The places of those who came after, by owner, by id.
    private var further: [Symbol: [Symbol: Int]] = [:]
    /// The keys, in the order of ``values``.
    public private(set) var keys: [OwnedSymbol] = []
    /// The values; in order of arrival until something is removed.
    public private(set) var values: [Value] = []

    /// A map without values.
    public init() {}

    /// The number of values.
    public var count: Int { values.count }

    /// The same values for the same keys, in the same order.
    public static func == (first: Self, second: Self) -> Bool {
        first.keys == second.keys && first.values == second.values
    }

    /// Where the value of a key is in ``values``.
    public func place(_ key: OwnedSymbol) -> Int? {
        if key.owner.isNone { return first[key.id].map(Int.init) }
        return further[key.id]?[key.owner]
    }

    /// Where the value of that id and user is.
    ///
    /// Without a user, the one who had the id first, else the only one. A value whose user is not known yet
    /// is anybody's.
    public func place(_ id: Symbol, of user: Symbol) -> Int? {
        if let place = first[id].map(Int.init) {
            let owner = values[place].user
            if owner == user || user.isNone || owner.isNone { return place }
        }
        guard !further.isEmpty, let others = further[id] else { return nil }
        return user.isNone && others.count == 1 ? others.first?.value : others[user]
    }

    /// Where the values of that id are, whoever owns them.
    public func places(_ id: Symbol) -> [Int] {
        let places = further.isEmpty ? [] : further[id].map { $0.values.sorted() } ?? []
        return (first[id].map { [Int($0)] } ?? []) + places
    }

    /// Whether several users have that id.
    public func isShared(_ id: Symbol) -> Bool { !further.isEmpty && places(id).count > 1 }

    /// The value of a key; setting nil removes it.
    public subscript(key: OwnedSymbol) -> Value? { place(key).map { values[$0] } }

    /// The value at a place, changed where it is.
    subscript(place place: Int) -> Value {
        _read { yield values[place] }
        _modify { yield &values[place] }
    }

    /// The key that a new value of that id and user would have.
    func newKey(_ id: Symbol, of user: Symbol) -> OwnedSymbol {
        OwnedSymbol(id, owner: first.place(id) == nil ? .none : user)
    }

    /// Adds a value for a key of ``newKey(_:of:)``, and gives its place.
    @discardableResult mutating func insert(_ value: Value, for key: OwnedSymbol) -> Int {
        keys.append(key)
        values.append(value)
        set(values.count - 1, for: key)
        return values.count - 1
    }

    mutating func remove(_ key: OwnedSymbol) {
        guard let place = place(key) else { return }
        set(nil, for: key)
        let last = values.count - 1
        let (lastValue, lastKey) = (values.removeLast(), keys.removeLast())
        if place != last {
            values[place] = lastValue
            keys[place] = lastKey
            set(place, for: lastKey)
        }
    }

    /// Replaces every key, and the symbols inside of the values.
    mutating func mapSymbols(_ renamed: (Symbol) -> Symbol, _ change: (inout Value) -> Void) {
        let (oldKeys, oldValues) = (keys, values)
        self = OwnedMap()
        for (key, value) in zip(oldKeys, oldValues) {
            var value = value
            change(&value)
            insert(value, for: key.renamed(renamed))
        }
    }

    private mutating func set(_ place: Int?, for key: OwnedSymbol) {
        if key.owner.isNone {
            first[key.id] = place.map { Int32($0) }
        } else {
            further[key.id, default: [:]][key.owner] = place
            if further[key.id]?.isEmpty == true { further[key.id] = nil }
        }
    }
}

extension OwnedSymbol {
    /// The same key in another table of symbols.
    func renamed(_ renamed: (Symbol) -> Symbol) -> OwnedSymbol {
        OwnedSymbol(renamed(id), owner: renamed(owner))
    }
}
