@testable import ConsoleModel
import Testing

@Suite struct OwnedMapTests {
    private struct Row: OwnedValue {
        var user: Symbol
        var note = ""
    }

    private let ada = Symbol(1)
    private let bob = Symbol(2)
    private let id = Symbol(3)
    private let other = Symbol(4)
    private var map = OwnedMap<Row>()

    private mutating func add(_ id: Symbol, _ user: Symbol) -> OwnedSymbol {
        let key = map.newKey(id, of: user)
        map.insert(Row(user: user), for: key)
        return key
    }

    private func owner(_ id: Symbol, _ user: Symbol) -> Symbol? {
        map.place(id, of: user).map { map.values[$0].user }
    }

    @Test mutating func eachUserHasTheIdForHimself() {
        #expect(add(id, ada) == OwnedSymbol(id))
        #expect(owner(id, bob) == nil)
        #expect(add(id, bob) == OwnedSymbol(id, owner: bob))
        #expect(owner(id, ada) == ada)
        #expect(owner(id, bob) == bob)
        #expect(owner(id, .none) == ada)
        #expect(map.places(id).count == 2)
        #expect(map.isShared(id) && !map.isShared(other))
    }

    @Test mutating func aRowWithoutAUserIsAnybodys() {
        _ = add(id, .none)
        #expect(owner(id, bob) == Symbol.none)
    }

    @Test mutating func theOthersStayWhereTheyWereWhenTheFirstGoes() {
        let (first, second) = (add(id, ada), add(id, bob))
        let third = add(other, ada)
        map.remove(first)
        #expect(map.count == 2)
        #expect(owner(id, ada) == nil && owner(id, bob) == bob && owner(other, ada) == ada)
        #expect(!map.isShared(id))
        // The id is free again for its first user.
        #expect(add(id, ada) == first)
        map.remove(third)
        map.remove(second)
        #expect(map.keys == [first])
    }

    @Test mutating func keysAreRenamedTogetherWithTheirValues() {
        _ = add(id, ada)
        _ = add(id, bob)
        map.mapSymbols({ Symbol($0.isNone ? 0 : $0.rawValue + 10) }) {
            $0.user = Symbol($0.user.rawValue + 10)
        }
        #expect(owner(Symbol(13), Symbol(12)) == Symbol(12))
        #expect(owner(Symbol(13), Symbol(11)) == Symbol(11))
        #expect(map.keys == [OwnedSymbol(Symbol(13)), OwnedSymbol(Symbol(13), owner: Symbol(12))])
    }
}
