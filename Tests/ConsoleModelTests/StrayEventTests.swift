@testable import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// Two users may call their runs alike, and a console may come when both are under way: one event proves nothing.
@Suite struct StrayEventTests {
    /// A line of the story: whose, which sequence number, and the session where it is not `chat-1`.
    struct Line: Sendable {
        let user: String
        let sequence: Int
        let session: String

        init(_ user: String, _ sequence: Int, _ session: String = "chat-1") {
            (self.user, self.sequence, self.session) = (user, sequence, session)
        }
    }

    /// Text of the users' runs `run-1`; number 0 starts one. No dispatcher is named.
    private static func story(_ lines: [Line], hasSnapshot: Bool = false) -> Story {
        var story = Story()
        if hasSnapshot { story.snapshot { _ in } }
        for line in lines {
            story.event(
                line.sequence == 0 ? .runStarted : .textMessageContent, "run-1", user: line.user,
                session: line.session, sequence: line.sequence, ["messageId": "m", "delta": "x"])
        }
        return story
    }

    private static func isCrossed(_ story: Story) -> Bool { story.rules.contains("run-crossed") }

    static let twoRuns: [[Line]] = [
        // Both were begun before the console came; bob's first number is far from ada's.
        [.init("ada", 5), .init("bob", 2), .init("ada", 6), .init("bob", 3)],
        // Bob's happens to be the one that ada's run sends next, and then sends.
        [.init("ada", 1), .init("bob", 2), .init("ada", 2), .init("bob", 3), .init("ada", 3)],
        [.init("ada", 0), .init("bob", 1), .init("ada", 1), .init("bob", 2), .init("ada", 2)],
        [
            .init("ada", 4), .init("bob", 5), .init("bob", 6), .init("ada", 5), .init("ada", 6),
            .init("ada", 7),
        ],
        // The same in sessions of their own.
        [.init("ada", 4, "a"), .init("bob", 5, "b"), .init("ada", 5, "a"), .init("bob", 6, "b")],
        // Numbers of ada's are missing, but not those that bob's run has.
        [.init("ada", 4), .init("bob", 5), .init("ada", 8)],
        [.init("ada", 4), .init("bob", 6), .init("ada", 7)],
        // Nothing of hers follows.
        [.init("ada", 4), .init("bob", 5)],
    ]

    @Test(arguments: twoRuns) func twoRunsOfOneNameThatWereJoinedMidwayDoNotCross(_ lines: [Line]) {
        for count in 1...lines.count { #expect(!Self.isCrossed(Self.story(Array(lines.prefix(count))))) }
        #expect(Self.story(lines).backend.runs.count == 2)
    }

    static let strays: [[Line]] = [
        [.init("ada", 0), .init("bob", 1), .init("ada", 2)],
        [.init("ada", 4), .init("bob", 5), .init("ada", 6)],
        [.init("ada", 4), .init("bob", 5), .init("bob", 6), .init("ada", 7)],
        [.init("ada", 4, "a"), .init("bob", 5, "b"), .init("ada", 6, "a")],
        [.init("ada", 4), .init("bob", 5), .init("ada", 6), .init("bob", 7), .init("ada", 8)],
    ]

    @Test(arguments: strays) func whatIsMissingInOneRunAndCameInAnothersNameIsACrossing(_ lines: [Line])
        throws
    {
        let story = Self.story(lines)
        let finding = try #require(story.finding("run-crossed"))
        #expect(finding.summary == "ada's run sent an event in the name of bob")
        #expect(story.backend.runs.values.map(\.violations) == [["delivered to another user"]])
        #expect(story.backend.statistics.crossings == lines.count { $0.user == "bob" })
        let example = try #require(story.state.counterExample(finding))
        #expect(example.lines.first { $0.isCrossing }?.user == "bob")
    }

    @Test func aSessionOfBobsOwnHidesNoCrossing() throws {
        for hasSnapshot in [false, true] {
            var story = Self.story([.init("ada", 0, "a")], hasSnapshot: hasSnapshot)
            story.event(.runStarted, "run-2", user: "bob", session: "b", sequence: 0)
            for (user, session, sequence) in [("bob", "b", 1), ("ada", "a", 2)] {
                story.event(.textMessageContent, "run-1", user: user, session: session, sequence: sequence)
            }
            #expect(Self.isCrossed(story))
            #expect(story.backend.runs.count == 2)
            let bobs = story.state.sessionRows().first { $0.user == "bob" }
            #expect(bobs?.state == .running)
        }
    }

    @Test func whereEveryStartWasSeenTheFirstEventTells() {
        #expect(Self.isCrossed(Self.story([.init("ada", 0), .init("bob", 1)], hasSnapshot: true)))
        var story = Self.story([.init("ada", 0)], hasSnapshot: true)
        story.custom(.gap, ["lost": 3])
        story.event(.textMessageContent, "run-1", user: "bob", session: "chat-1", sequence: 7)
        #expect(!Self.isCrossed(story))
    }

    @Test func aRunThatEndedInBobsNameIsHisOwn() {
        var story = Self.story([.init("ada", 4), .init("bob", 5)])
        story.event(.runFinished, "run-1", user: "bob", session: "chat-1", sequence: 6)
        story.event(.textMessageContent, "run-1", user: "ada", session: "chat-1", sequence: 7)
        #expect(!Self.isCrossed(story))
    }
}
