import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// A file ends at its last event's time: that moment, not the wall clock's, judges and shows it.
@Suite struct RecordedTimeTests {
    /// A file in which ada's run is silent for so many seconds while bob's session goes on to the end.
    private static func story(silence seconds: Int, hasEnded: Bool = true) -> Story {
        var story = Story()
        story.receive(.dialect(name: "ndjson", coverage: .file))
        story.startTool("r-1")
        story.now = story.now + .milliseconds(-100) + .seconds(seconds)
        story.event(.runStarted, "r-2", user: "bob", session: "s-2")
        if hasEnded { story.receive(.link(.ended, reason: "end of file", retryIn: nil)) }
        return story
    }

    @Test(arguments: [(30, false), (31, true)], [true, false])
    func silenceIsMeasuredUpToTheLastEvent(silence: (Int, isStalled: Bool), hasEnded: Bool) {
        var story = Self.story(silence: silence.0, hasEnded: hasEnded)
        story.wait(.seconds(86_400))
        let found = story.state.triage().filter { $0.rule == "run-stalled" }.map(\.subject.text)
        #expect(found == (silence.isStalled ? ["run:r-1"] : []))
        #expect(story.state.findings.filter { $0.rule == "run-stalled" }.count == found.count)
        let states = story.state.sessionTable().rows.map { "\($0.user) \($0.state.rawValue)" }.sorted()
        #expect(states == [silence.isStalled ? "ada stuck" : "ada running", "bob running"])
    }

    @Test func itsAgesStandStill() throws {
        var story = Self.story(silence: 40)
        let before = story.state.sessionTable().rows.map { [$0.last, $0.age, $0.since, $0.toolElapsed] }
        let pulse = try #require(story.state.pulseSummary().backends.first)
        let since = story.state.findingTable().rows.map(\.since)
        story.wait(.seconds(7200))
        #expect(
            story.state.sessionTable().rows.map { [$0.last, $0.age, $0.since, $0.toolElapsed] } == before)
        #expect(before.joined().compactMap(\.self).max() ?? .zero < .seconds(60))
        #expect(story.state.pulseSummary().backends.first == pulse)
        #expect(story.state.findingTable().rows.map(\.since) == since)
        #expect(story.finding("run-stalled")?.summary.contains("silent for 40s") == true)
    }

    @Test func theLastHourOnPulseIsTheHourBeforeItsEnd() {
        var story = Story()
        story.wholeRun("r-1")
        story.receive(.link(.ended, reason: "end of file", retryIn: nil))
        let before = story.state.pulseSummary().series.map(\.values)
        story.wait(.seconds(86_400))
        #expect(story.state.pulseSummary().series.map(\.values) == before)
        #expect(before.contains { $0.contains { $0 != nil } })
        #expect(story.state.sessionTable().rows.first?.p95 != nil)
    }

    @Test(arguments: [true, false]) func eachBackendIsJudgedAtItsOwnEnd(isFileFirst: Bool) {
        var story = Story()
        let (file, live) = isFileFirst ? (BackendKey(0), BackendKey(1)) : (BackendKey(1), BackendKey(0))
        story.key = file
        story.send(.addBackend(file, url: "yesterday.ndjson"))
        story.receive(.dialect(name: "ndjson", coverage: .file))
        story.startTool("r-1")
        story.receive(.link(.ended, reason: "end of file", retryIn: nil))
        story.key = live
        story.send(.addBackend(live, url: "http://live"))
        story.now = story.now + .seconds(86_400)
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        story.startTool("r-2", user: "bob", session: "s-2")
        story.wait(.seconds(31))
        let found = story.state.triage().filter { $0.rule == "run-stalled" }
        #expect(found.map(\.backend) == [live])
        #expect(story.state.now(of: live) == story.now)
        #expect(story.state.now(of: file) < story.now)
    }
}
