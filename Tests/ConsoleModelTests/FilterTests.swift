import ConsoleModel
import Testing
import WireProtocol

@Suite struct FilterTests {
    private func story() -> Story {
        var story = Story()
        story.wholeRun("r-1", user: "ada@acme.io", session: "s-1")
        story.wholeRun("r-2", user: "Bob Smith", session: "s-2")
        story.startTool("r-3", user: "eva", session: "s-3")
        story.wait(.seconds(31))
        return story
    }

    @Test(arguments: [
        ("", ["ada@acme.io", "Bob Smith", "eva"]), ("user:ADA", ["ada@acme.io"]), ("bob", ["Bob Smith"]),
        ("state:stuck", ["eva"]), ("!state:stuck", ["ada@acme.io", "Bob Smith"]),
        ("user:\"bob s\"", ["Bob Smith"]),
        ("\"Bob Smith\"", ["Bob Smith"]), ("/^ada.*io$/", ["ada@acme.io"]), ("!/^(ada|eva)/", ["Bob Smith"]),
        ("tool>30s", ["eva"]), ("tool>5m", []), ("p95<=500ms", ["ada@acme.io", "Bob Smith"]),
        ("p95>=0.5", []), ("user:a state:idle", ["ada@acme.io"]),
        ("path:http pattern:unknown user:eva", ["eva"]),
        ("severity:critical", ["eva"]), ("nobody", []), ("10:20", []), ("/a b/", []),
    ])
    func filtersKeepWhatTheySay(text: String, users: [String]) {
        var story = story()
        _ = story.store.send(.show(.sessions))
        _ = story.store.send(.beginFilter)
        _ = story.store.send(.insert(text))
        let table = story.state.sessionTable()
        #expect(table.filterError == nil)
        #expect(Set(table.rows.map(\.user)) == Set(users))
        #expect(table.total == 3)
        _ = story.store.send(.acceptPrompt)
        #expect(story.state.interface.prompt == nil)
        #expect(Set(story.state.sessionTable().rows.map(\.user)) == Set(users))
    }

    @Test(arguments: [
        ("who:ada", 0), ("user:ada  who:x", 10), ("who>3", 0), ("/(/", 0), ("user:ada /a", 9), ("\"open", 0),
        ("last>soon", 5), ("ada !", 4), ("user:", 0), ("p95>", 0),
    ])
    func mistakesSayWhere(text: String, position: Int) {
        #expect {
            try story().state.checkFilter(text, in: .sessions)
        } throws: { error in
            (error as? FilterError)?.position == position
        }
    }

    @Test func aMistakeStaysInThePromptAndHidesNothing() {
        var story = story()
        _ = story.store.send(.show(.sessions))
        _ = story.store.send(.beginFilter)
        _ = story.store.send(.insert("who:ada"))
        #expect(story.state.interface.prompt?.problem?.position == 0)
        #expect(story.state.sessionTable().rows.count == 3)
        _ = story.store.send(.acceptPrompt)
        #expect(story.state.interface.prompt != nil)
    }

    @Test func eventsAreFilteredBeforeTheyAreCut() {
        var story = story()
        _ = story.store.send(.show(.events))
        _ = story.store.send(.beginFilter)
        _ = story.store.send(.insert("event:agent_started"))
        #expect(story.state.eventWindow(height: 2).rows.map(\.user) == ["Bob Smith", "eva"])
    }

    @Test func anyTextIsAFilterOrAnError() {
        var random = SeededRandom(state: 7)
        let pieces = [
            "!", "\"", "/", "user", ":", "<", ">=", "2s", " ", "(", "[", "\\", "é", "p95", "*", "\u{0}",
        ]
        let state = story().state
        for _ in 0..<3000 {
            let text = (0..<Int(random.next() % 8)).map { _ in pieces[Int(random.next() % 16)] }.joined()
            for view in ViewID.allCases { try? state.checkFilter(text, in: view) }
        }
    }
}

/// Knuth's MMIX generator: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // The high bits are the good ones: `random(in:using:)` reads those, and a remainder the low ones.
        return state ^ state >> 32
    }
}
