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
