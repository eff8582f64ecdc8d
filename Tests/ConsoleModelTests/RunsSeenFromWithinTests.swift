import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleModel

/// Runs of sources that show a step when it ends, as telemetry does: `ctxtop.run` announces them.
@Suite struct RunsSeenFromWithinTests {
    private func story() -> Story {
        var story = Story()
        change(.opened, of: "r-1", in: "trace-1", &story)
        return story
    }

    private func change(_ kind: RunChange.Kind, of run: String, in session: String, _ story: inout Story) {
        var metadata = EventMetadata()
        (metadata.session, metadata.run) = (SessionID(rawValue: session), RunID(rawValue: run))
        story.send(OutgoingEvent(RunChange(kind, service: "shop"), at: story.now, metadata: metadata))
    }

    private func rename(_ session: String, to name: String, _ story: inout Story) {
        var metadata = EventMetadata()
        metadata.session = SessionID(rawValue: session)
        let change = SessionChange(.closed, renamedTo: SessionID(rawValue: name))
        story.send(OutgoingEvent(change, at: story.now, metadata: metadata))
    }

    private func step(_ type: EventType, _ session: String, _ story: inout Story, _ fields: JSONObject = [:])
    {
        story.event(type, "r-1", user: nil, session: session, path: nil, countsSequence: false, fields)
    }

    @Test func anAnnouncedRunIsUnderWay() {
        let story = story()
        #expect(story.backend.runs.values.map(\.state) == [.open])
        #expect(story.backend.sessions.values.map(\.state) == [.running])
        #expect(story.state.sessionTable().rows.map(\.service) == ["shop"])
    }

    @Test func theOrderOfItsEventsProvesNothing() {
        var story = story()
        step(.stepStarted, "trace-1", &story)
        step(.runStarted, "trace-1", &story)
        step(.runFinished, "trace-1", &story, ["outcome": ["type": "success"]])
        step(.stepFinished, "trace-1", &story)
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.backend.runs.values.map(\.state) == [.completed])
        #expect(story.rules.isEmpty)
    }

    @Test func aLostRunIsANoticeAndAReopenedOneIsNot() throws {
        var story = story()
        change(.lost, of: "r-1", in: "trace-1", &story)
        let finding = try #require(story.state.triage().first)
        #expect(finding.rule == "run-unfinished")
        #expect(finding.severity == .notice)
        #expect(story.backend.sessions.values.map(\.state) == [.unknown])
        change(.reopened, of: "r-1", in: "trace-1", &story)
        #expect(story.rules.isEmpty)
        #expect(story.backend.runs.values.map(\.state) == [.open])
        step(.runFinished, "trace-1", &story, ["outcome": ["type": "success"]])
        #expect(story.backend.runs.values.map(\.state) == [.completed])
    }

    @Test func aRenamedSessionKeepsItsRunsAndItsEvents() throws {
        var story = story()
        step(.stepStarted, "trace-1", &story)
        rename("trace-1", to: "talk-1", &story)
        step(.stepFinished, "talk-1", &story)
        let rows = story.state.sessionTable().rows
        #expect(rows.map(\.key.id) == ["talk-1"])
        #expect(rows.map(\.state) == [.running])
        #expect(story.backend.sessions.values.map(\.counts.events) == [4])
        let session = try #require(story.backend.sessions.keys.first)
        #expect(story.backend.runs.values.map(\.session) == [session])
    }

    @Test func aSessionThatIsThereTakesOver() {
        var story = story()
        story.event(.runStarted, "r-0", user: nil, session: "talk-1")
        story.event(.runFinished, "r-0", user: nil, session: "talk-1", ["outcome": ["type": "success"]])
        step(.stepStarted, "trace-1", &story)
        rename("trace-1", to: "talk-1", &story)
        #expect(story.backend.sessions.values.map(\.runCount) == [2])
        #expect(story.backend.sessions.values.map(\.state) == [.running])
        #expect(Set(story.backend.runs.values.map(\.session)).count == 1)
    }

    @Test(arguments: [true, false]) func callsWithoutVisibleArgumentsAreNoLoop(_ isAnnounced: Bool) {
        var story = isAnnounced ? story() : Story()
        if !isAnnounced { step(.runStarted, "trace-1", &story) }
        for call in 0..<8 {
            let id = JSONValue.string("c-\(call)")
            step(.toolCallStart, "trace-1", &story, ["toolCallId": id, "toolCallName": "disk"])
            step(.toolCallResult, "trace-1", &story, ["toolCallId": id])
        }
        #expect(story.rules.contains("session-looping") != isAnnounced)
    }

    /// A result without a text is a success; one in the quotes of a JSON text is judged by its first word.
    @Test(arguments: [nil, "\"{}\"", "fine"], ["\"Error: no disk\"", "error: no disk"])
    func aToolThatBeginsToFailIsFound(_ good: String?, _ bad: String) {
        var story = story()
        for call in 0..<50 {
            let id = JSONValue.string("c-\(call)")
            step(.toolCallStart, "trace-1", &story, ["toolCallId": id, "toolCallName": "disk"])
            var result: JSONObject = ["toolCallId": id]
            result.set("content", call < 25 ? good : bad)
            step(.toolCallResult, "trace-1", &story, result)
        }
        #expect(story.rules.contains("tool-failing"))
    }
}
