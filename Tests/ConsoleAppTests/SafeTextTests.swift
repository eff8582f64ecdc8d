import ConsoleModel
import PatternDetection
import Screen
import Testing
import WireProtocol

@testable import ConsoleApp

/// Raw bytes from a backend, through every way out: no terminal obeys them, and JSON stays the same JSON.
@Suite struct SafeTextTests {
    /// Every character that a terminal could obey, raw.
    private static let controls = (0..<0x11_0000 as Range<UInt32>)
        .filter(PlainText.isControl).compactMap(Unicode.Scalar.init)

    private func isSafe(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !PlainText.isControl($0.value) || $0 == "\n" }
    }

    @Test func everyControlInAStringIsEscapedWithItsMeaning() throws {
        for control in Self.controls where control != "\n" {
            let json = "{\"a\":\"x\(Character(control))\\\\\",\"b\":1}"
            let safe = SafeText.json(json)
            #expect(isSafe(safe))
            let value = try JSONParser.parse(safe.utf8)
            #expect(value["a"]?.string == "x\(String(Character(control)))\\", "\(control.value)")
            #expect(value["b"]?.integer == 1)
        }
    }

    @Test func controlsBetweenTokensBecomeSpaces() {
        #expect(SafeText.json("{\t\"a\"\r:\u{1B}1}\n{}\n") == "{ \"a\" : 1}\n{}\n")
        #expect(SafeText.json("{\"a\":\"\\\u{1B}\"}") == "{\"a\":\"\\\\\\u001b\"}")
        #expect(SafeText.json("{\"a\":\"\u{E0041}\"}") == "{\"a\":\"\\udb40\\udc41\"}")
    }

    @Test func linesStayLines() {
        let controls = String(String.UnicodeScalarView(Self.controls.filter { $0 != "\n" }))
        let safe = SafeText.lines("one\n\(controls)\n\nfour\n")
        #expect(isSafe(safe))
        #expect(safe.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
        #expect(SafeText.lines("plain é 😀\n") == "plain é 😀\n")
    }

    /// A backend whose names, reasons and events are full of raw controls.
    private func state() throws -> (state: ConsoleState, raw: String) {
        let raw = "a\u{1B}]52;c;eA==\u{7}\u{0}\u{9B}2J\u{202E}\u{E0041}\r\n"
        let now = Timestamp(milliseconds: 1_795_980_000_000)
        var store = Store(ConsoleState(now: now))
        let key = BackendKey(0)
        _ = store.send(.addBackend(key, url: "http://shop.example"))
        var health = HealthRecord(.fail)
        health.reason = raw
        _ = store.send(.received(key, .health(health, body: Array(raw.utf8)), at: now))
        var snapshot = BackendSnapshot(name: raw)
        var path = PathRecord(path: ConsumerPath(rawValue: raw))
        path.lastOutcome = OutcomeRecord(.error, error: raw, at: now)
        path.failed = 3
        snapshot.paths = [path]
        _ = store.send(.received(key, .snapshot(snapshot), at: now))
        let inString = raw.filter { $0 != "\r\n" }
        let line =
            "{\"type\":\"RUN_STARTED\",\"runId\":\"r\",\"threadId\":\"\(inString)\",\"metadata\":{\"user\":\"\(inString)\"}}\n"
        _ = store.send(.received(key, .events(EventBatch(lines: Array(line.utf8))), at: now))
        _ = store.send(.received(key, .refused(what: raw, reason: raw), at: now))
        _ = store.send(.tick(now + .seconds(1)))
        return (store.state, raw)
    }

    @Test func everyReportIsSafe() throws {
        let state = try state().state
        #expect(isSafe(SafeText.lines(PlainSnapshot.text(state))))
        #expect(isSafe(SafeText.lines(MarkdownReport.text(state))))
        for format in CheckReport.Format.allCases {
            let text = CheckReport(state, failOn: .warning).text(format)
            #expect(isSafe(format == .json ? SafeText.json(text) : SafeText.lines(text)), "\(format)")
        }
        let document = state.snapshotDocument(takenAt: state.now).json
        for text in [document.text, document.prettyText] {
            let safe = SafeText.json(text)
            #expect(isSafe(safe))
            #expect(try JSONParser.parse(safe.utf8) == document)
        }
    }

    @Test(arguments: WatchVoice.Kind.allCases) func everyLineOfAWatchIsSafeJSON(_ kind: WatchVoice.Kind)
        throws
    {
        let (state, _) = try state()
        var voice = try WatchVoice(kind, filter: "")
        let lines = voice.lines(about: state, isSecond: true)
        if kind == .events { #expect(lines.contains { $0.contains("RUN_STARTED") }) }
        for line in lines {
            #expect(isSafe(line) && !line.contains("\n"))
            #expect(throws: Never.self) { try JSONParser.parse(line.utf8) }
        }
    }
}
