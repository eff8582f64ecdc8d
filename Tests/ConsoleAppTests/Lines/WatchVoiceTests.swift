import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleApp

@Suite struct WatchVoiceTests {
    private let key = BackendKey(0)
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func store(backends: Int = 1) -> Store {
        var store = Store(ConsoleState(now: now))
        for number in 0..<backends {
            _ = store.send(.addBackend(BackendKey(number), url: "http://h:\(number)"))
        }
        return store
    }

    private func event(_ type: String, user: String, _ rest: String = "") -> String {
        #"{"type":"\#(type)","timestamp":1800000000000,"metadata":{"user":"\#(user)","session":"s-\#(user)","run":"r-\#(user)"}\#(rest)}"#
    }

    private func receive(_ lines: [String], _ store: inout Store, from key: BackendKey = BackendKey(0)) {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        _ = store.send(.received(key, .events(EventBatch(lines: bytes)), at: now))
    }

    @Test func eachEventIsSaidOnceAsItCame() throws {
        var (store, voice) = (store(), try WatchVoice(.events, filter: ""))
        let (first, second) = (event("RUN_STARTED", user: "ada"), event("RUN_STARTED", user: "bob"))
        receive([first], &store)
        #expect(voice.lines(about: store.state, isSecond: false) == [first])
        receive([second], &store)
        #expect(voice.lines(about: store.state, isSecond: false) == [second])
        #expect(voice.lines(about: store.state, isSecond: true).isEmpty)
    }

    @Test func theFilterIsTheConsolesAndAGapAlwaysPasses() throws {
        var (store, voice) = (store(), try WatchVoice(.events, filter: "user:ada"))
        let gap =
            #"{"type":"CUSTOM","timestamp":1800000000000,"name":"ctxtop.gap","value":{"after":"","next":"","lost":7},"metadata":{}}"#
        let ada = event("RUN_STARTED", user: "ada")
        receive([event("RUN_STARTED", user: "bob"), gap, ada], &store)
        #expect(voice.lines(about: store.state, isSecond: false) == [gap, ada])
    }

    @Test func whatCannotBeReadIsALineOfItsOwn() throws {
        var (store, voice) = (store(), try WatchVoice(.events, filter: "user:ada"))
        receive(["not an event"], &store)
        let lines = voice.lines(about: store.state, isSecond: false)
        #expect(lines.count == 1)
        let drop = try JSONParser.parse(Array(lines[0].utf8))
        #expect(drop["kind"] == "drop")
        #expect(drop["unreadable"] == 1)
        #expect(drop["reason"]?.string?.contains("not an event") == true)
        #expect(voice.lines(about: store.state, isSecond: true).isEmpty)
    }

    @Test func lostEventsAreADropWhereNoEventsAreSaid() throws {
        var (store, voice) = (store(), try WatchVoice(.changes, filter: ""))
        let gap =
            #"{"type":"CUSTOM","timestamp":1800000000000,"name":"ctxtop.gap","value":{"after":"","next":"","lost":7},"metadata":{}}"#
        receive([gap], &store)
        let lines = voice.lines(about: store.state, isSecond: false)
        #expect(lines.contains { $0.contains(#""kind":"drop""#) && $0.contains(#""events":7"#) })
    }

    @Test func ofSeveralBackendsAnEventSaysWhichItCameFrom() throws {
        var (store, voice) = (store(backends: 2), try WatchVoice(.events, filter: ""))
        receive([event("RUN_STARTED", user: "ada")], &store, from: BackendKey(1))
        let lines = voice.lines(about: store.state, isSecond: false)
        let line = try JSONParser.parse(Array(try #require(lines.first).utf8))
        #expect(line["metadata"]?["backend"] == "http://h:1")
        #expect(line["metadata"]?["user"] == "ada")
    }

    @Test func noLineHoldsWhatATerminalObeys() throws {
        var (store, voice) = (store(), try WatchVoice(.events, filter: ""))
        receive([event("TEXT_MESSAGE_CONTENT", user: "ada", ",\"delta\":\"a\u{9B}31m\u{202E}b\"")], &store)
        let line = try #require(voice.lines(about: store.state, isSecond: false).first)
        #expect(!line.unicodeScalars.contains { $0.value == 0x9B || $0.value == 0x202E })
        #expect(try JSONParser.parse(Array(line.utf8))["delta"] == "a\u{9B}31m\u{202E}b")
    }

    @Test(arguments: WatchVoice.Kind.allCases)
    func aFilterOfAnotherKindIsRefusedWithItsPlace(_ kind: WatchVoice.Kind) {
        let error = #expect(throws: FilterError.self) { _ = try WatchVoice(kind, filter: "ada nonsense:x") }
        #expect(error?.position == 4)
    }

    @Test func plainSaysAChangeOnceInWords() {
        var (store, voice) = (store(), PlainVoice(targets: ["http://h:0"]))
        #expect(voice.lines(about: store.state, isSecond: false) == ["watching http://h:0; q and Enter ends"])
        _ = store.send(.received(key, .link(.lost, reason: "refused\u{1B}[2J", retryIn: nil), at: now))
        let lines = voice.lines(about: store.state, isSecond: false)
        #expect(lines.first == "http://h:0: link lost: refused\u{FFFD}[2J")
        _ = store.send(.received(key, .link(.lost, reason: "refused again", retryIn: nil), at: now))
        #expect(voice.lines(about: store.state, isSecond: true).isEmpty)
    }

    @Test func plainSaysWhatASourceRemarksLater() {
        var (store, voice) = (store(), PlainVoice(targets: ["http://h:0"]))
        func learn(_ notes: [String]) {
            _ = store.send(.received(key, .dialect(name: "otlp", coverage: Coverage(notes: notes)), at: now))
        }
        learn(["a"])
        _ = voice.lines(about: store.state, isSecond: false)
        learn(["new", "a"])
        #expect(voice.lines(about: store.state, isSecond: false) == ["http://h:0: new"])
        #expect(voice.lines(about: store.state, isSecond: true).isEmpty)
    }
}
