/// Values by symbol, with dense storage that is changed in place.
///
/// Symbols are small numbers, so an array gives the place; the values never
/// move on a change, only on a removal, where the last one fills the hole.
public struct SymbolMap<Value: Equatable & Sendable>: Equatable, Sendable {
    /// By the symbol's number: one more than the place, or 0.
    private var places: [UInt32] = []
    /// The keys, in the order of ``values``.
    public private(set) var keys: [Symbol] = []
    /// The values; in order of arrival until something is removed.
    public private(set) var values: [Value] = []

    /// A map without values.
    public init() {}

    /// How many there are.
    public var count: Int { values.count }

    /// The same values for the same keys, in the same order.
    public static func == (first: Self, second: Self) -> Bool {
        first.keys == second.keys && first.values == second.values
    }

    /// Where the value of a symbol is in ``values``.
    public func place(_ symbol: Symbol) -> Int? {
        let number = Int(symbol.rawValue)
        guard number < places.count, places[number] != 0 else { return nil }
        return Int(places[number]) - 1
    }

    /// The value of a symbol; setting nil removes it.
    public subscript(symbol: Symbol) -> Value? {
        get { place(symbol).map { values[$0] } }
        set {
            if let newValue {
                if let place = place(symbol) {
                    values[place] = newValue
                } else {
                    insert(newValue, for: symbol)
                }
            } else {
                remove(symbol)
            }
        }
    }

    /// The value at a place, changed where it is.
    subscript(place place: Int) -> Value {
        _read { yield values[place] }
        _modify { yield &values[place] }
    }

    /// Adds a value for a symbol that has none, and gives its place.
    @discardableResult mutating func insert(_ value: Value, for symbol: Symbol) -> Int {
        let number = Int(symbol.rawValue)
        if number >= places.count {
            places.append(contentsOf: repeatElement(0, count: max(number + 1 - places.count, places.count)))
        }
        keys.append(symbol)
        values.append(value)
        places[number] = UInt32(truncatingIfNeeded: values.count)
        return values.count - 1
    }

    /// Replaces every key, and the symbols inside of the values.
    mutating func mapSymbols(_ renamed: (Symbol) -> Symbol, _ change: (inout Value) -> Void) {
        let (oldKeys, oldValues) = (keys, values)
        self = SymbolMap()
        for (key, value) in zip(oldKeys, oldValues) {
            var value = value
            change(&value)
            insert(value, for: renamed(key))
        }
    }

    private mutating func remove(_ symbol: Symbol) {
        guard let place = place(symbol) else { return }
        places[Int(symbol.rawValue)] = 0
        let last = values.count - 1
        let (lastValue, lastKey) = (values.removeLast(), keys.removeLast())
        if place != last {
            values[place] = lastValue
            keys[place] = lastKey
            places[Int(lastKey.rawValue)] = UInt32(truncatingIfNeeded: place + 1)
        }
    }
}
