import Testing
import WireProtocol

@testable import ConsoleClient

/// Resuming streams whose ids stand for several events.
@Suite struct StreamResumeTests {
    private func frame(_ id: String, _ text: String) -> String { "id: \(id)\ndata: \(text)\n\n" }

    private func texts(_ events: [ServerSentEvent]) -> [String] {
        events.map { String(decoding: $0.data, as: UTF8.self) }
    }

    @Test func aGroupThatWasCutLosesNothingAndRepeatsNothing() {
        var resume = StreamResume()
        #expect(
            texts(resume.feed((frame("1", "a") + frame("2", "b") + frame("2", "c")).utf8)) == ["a", "b", "c"])
        #expect(resume.point == "1")
        resume.reopen()
        let again = frame("2", "b") + frame("2", "c") + frame("2", "d") + frame("3", "e")
        #expect(texts(resume.feed(again.utf8)) == ["d", "e"])
        #expect(resume.point == "2")
    }

    @Test func equalEventsOfOneIdAreAllGiven() {
        var resume = StreamResume()
        #expect(texts(resume.feed((frame("1", "a") + frame("1", "a")).utf8)) == ["a", "a"])
    }

    @Test func aStreamThatGoesOnElsewhereIsGivenWhole() {
        var resume = StreamResume()
        _ = resume.feed((frame("1", "a") + frame("2", "b")).utf8)
        resume.reopen()
        #expect(texts(resume.feed((frame("7", "x") + frame("2", "b")).utf8)) == ["x", "b"])
    }

    @Test func streamsWithoutIdsNeverRepeatNorGrow() {
        var resume = StreamResume()
        for _ in 0..<1000 { #expect(texts(resume.feed("data: a\n\n".utf8)) == ["a"]) }
        #expect(resume.point == nil)
        resume.reopen()
        #expect(texts(resume.feed("data: a\n\n".utf8)) == ["a"])
    }

    @Test func anIdThatNoHeaderCanCarryIsNotSent() {
        var resume = StreamResume()
        _ = resume.feed(frame("a\u{1}b", "x").utf8)
        #expect(resume.point == nil)
    }
}
