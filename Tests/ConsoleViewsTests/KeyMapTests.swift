import ConsoleModel
import PatternDetection
import Screen
import Testing

@testable import ConsoleViews

@Suite struct KeyMapTests {
    @Test func noKeyIsBoundTwiceOnAScreen() {
        #expect(KeyMap.conflict(in: KeyMap.standard.bindings) == nil)
    }

    @Test func everyBindingHasItsOwnName() {
        let names = KeyMap.standard.bindings.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func aPromptTakesEveryCharacter() {
        var store = IncidentStory.store()
        _ = store.send(.show(.sessions))
        _ = store.send(.beginFilter)
        let keys = KeyMap.standard
        #expect(keys.action(for: .character("q"), in: store.state) == .insert("q"))
        #expect(keys.action(for: .enter, in: store.state) == .acceptPrompt)
        #expect(keys.action(for: .escape, in: store.state) == .cancelPrompt)
    }

    @Test func everyViewHasItsNumber() {
        let state = IncidentStory.store().state
        for view in ViewID.allCases {
            let key = Key.character(Character("\(view.rawValue)"))
            #expect(KeyMap.standard.action(for: key, in: state) == .show(view))
        }
    }

    @Test func aReboundKeyTakesThePlaceOfTheTablesOwn() throws {
        let keys = try KeyMap(rebound: ["pause": [.character(" ")]])
        let state = IncidentStory.store().state
        #expect(keys.action(for: .character(" "), in: state) == .togglePause)
        #expect(keys.action(for: .character("p"), in: state) == nil)
    }

    @Test func aConflictIsRefusedWithBothNames() {
        #expect(throws: KeyMapError.boundTwice(.character("a"), "next-attention", "pause", on: .pulse)) {
            try KeyMap(rebound: ["pause": [.character("a")]])
        }
        let words = KeyMapError.boundTwice(.character("a"), "next-attention", "pause", on: .pulse).description
        #expect(words == "a is bound to next-attention and to pause in Pulse; give one of them another key")
    }

    @Test func keysMayBeSwapped() throws {
        let keys = try KeyMap(rebound: ["pause": [.character("a")], "next-attention": [.character("p")]])
        #expect(keys.action(for: .character("a"), in: IncidentStory.store().state) == .togglePause)
    }

    @Test func anUnknownNameIsRefused() {
        #expect(throws: KeyMapError.self) { try KeyMap(rebound: ["pauze": [.character("a")]]) }
    }

    @Test func aKeyThatDoesNothingHereSaysWhereItDoes() {
        let state = IncidentStory.store().state
        #expect(
            KeyMap.standard.action(for: .character("F"), in: state)
                == .say("F does nothing in Pulse: it works in Events", .notice))
        #expect(KeyMap.standard.action(for: .character("€"), in: state) == nil)
    }

    @Test(arguments: [
        ("j", Key.character("j")), ("G", .character("G")), ("ctrl-d", .control("d")), ("F5", .function(5)),
        ("enter", .enter), ("PgDn", .pageDown), ("space", .character(" ")), ("f", .character("f")),
    ])
    func aKeyIsReadByItsName(name: String, key: Key) { #expect(Key(named: name) == key) }

    @Test(arguments: ["", " ", "ctrl-", "ctrl-dd", "F0", "F25", "hyper-x"])
    func otherNamesAreNoKey(name: String) { #expect(Key(named: name) == nil) }
}
