import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleModel

/// Sources that name no user, and sources that report one session after the other.
@Suite struct NamelessUserTests {
    private func story(user: String) -> Story {
        var story = Story()
        story.send(.show(.sessions))
        story.snapshot { snapshot in
            snapshot.sessions = ["quay-1", "quay-2"].map {
                SessionRecord(id: SessionID(rawValue: $0), user: UserID(rawValue: user))
            }
        }
        return story
    }

    @Test func theUserColumnGoesWhereNobodyIsNamed() {
        let names = story(user: "").state.columnChoices.map(\.name)
        #expect(!names.contains("user"))
        #expect(names.contains("session"))
    }

    @Test func itStaysWhereSomebodyIs() {
        #expect(story(user: "ada").state.columnChoices.map(\.name).contains("user"))
    }

    @Test func theLastEventsAreThoseLastInTime() {
        var story = Story()
        let start = story.now
        for (session, seconds) in [("quay-1", [0, 20]), ("quay-2", [10, 30])] {
            for second in seconds {
                var metadata = EventMetadata()
                (metadata.session, metadata.run) = (
                    SessionID(rawValue: session), RunID(rawValue: session + "-r")
                )
                story.send(
                    OutgoingEvent(
                        .custom, at: start + .seconds(second), ["name": "tide"],
                        metadata: metadata))
            }
        }
        #expect(
            story.state.newestEvents(count: 3).map { $0.record.timestamp.since(start) / .seconds(1) } == [
                10, 20, 30,
            ])
    }
}

/// The numbers of a user's sessions.
@Suite struct SessionNumberTests {
    private static func story(_ ids: [String]) -> Story {
        var story = Story()
        show(ids, in: &story)
        return story
    }

    private static func show(_ ids: [String], in story: inout Story) {
        story.snapshot { snapshot in
            snapshot.sessions = ids.map { SessionRecord(id: SessionID(rawValue: $0), user: "ada") }
        }
    }

    private static func live(_ story: Story) -> [String] {
        story.state.sessionTable().rows.filter { $0.state != .ended }.map(\.userText).sorted()
    }

    @Test func noTwoLiveSessionsHaveOneNumber() {
        var story = Self.story(["quay-1", "quay-2"])
        Self.show(["quay-2", "quay-3"], in: &story)
        #expect(Self.live(story) == ["ada #2", "ada #3"])
    }

    @Test func theNumbersBeginAgainAfterTheLastOne() {
        var story = Self.story(["quay-1", "quay-2"])
        Self.show([], in: &story)
        Self.show(["quay-3"], in: &story)
        #expect(Self.live(story) == ["ada"])
    }
}
