import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct ChangeWatchTests {
    private func words(_ changes: [StateChange]) -> [String] {
        changes.map { "\($0.aspect.rawValue) \($0.subject.text) \($0.from ?? "-")>\($0.to)" }
    }

    @Test func aChangeOfVerdictIsSaidOnceWithWhatItWas() {
        var story = Story()
        var watch = ChangeWatch()
        story.path(.onSingleton)
        #expect(words(watch.changes(in: story.state)).contains("verdict path:http ->singleton"))
        #expect(watch.changes(in: story.state).isEmpty)
        story.path(.onFactory)
        #expect(words(watch.changes(in: story.state)) == ["verdict path:http singleton>factory"])
        #expect(watch.changes(in: story.state).isEmpty)
    }

    @Test func aLinkIsSaidWhenItChangesAndNotEachTimeItIsTried() {
        var story = Story()
        var watch = ChangeWatch()
        story.receive(.link(.connecting, reason: nil, retryIn: nil))
        #expect(watch.changes(in: story.state).isEmpty)
        story.receive(.link(.lost, reason: "connection refused", retryIn: .seconds(1)))
        let lost = watch.changes(in: story.state)
        #expect(words(lost) == ["link backend:http://localhost:8700 connecting>lost"])
        #expect(lost.first?.reason == "connection refused")
        #expect(lost.first?.severity == .critical)
        story.receive(.link(.lost, reason: "connection refused", retryIn: .seconds(2)))
        #expect(watch.changes(in: story.state).isEmpty)
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        #expect(
            words(watch.changes(in: story.state)) == ["link backend:http://localhost:8700 lost>connected"])
    }

    @Test func aGoodFirstCreationIsNoNewsAndAFailureIs() {
        var story = Story()
        var watch = ChangeWatch()
        story.custom(.creation, ["path": "http", "status": "ok"])
        #expect(watch.changes(in: story.state).isEmpty)
        story.custom(.creation, ["path": "http", "status": "error", "error": "no dispatcher"])
        let failed = watch.changes(in: story.state)
        #expect(words(failed) == ["outcome path:http ok>error"])
        #expect(failed.first?.reason == "no dispatcher")
    }

    @Test func theSessionsThatAreThereFirstAreNoNews() {
        var story = Story()
        var watch = ChangeWatch()
        story.event(.runStarted, "r-1", session: "s-1")
        #expect(watch.sessionChanges(in: story.state).isEmpty)
        story.event(.runStarted, "r-2", user: "bob", session: "s-2")
        story.event(.runFinished, "r-1", session: "s-1")
        let changes = watch.sessionChanges(in: story.state)
        #expect(words(changes).contains("session session:s-2 ->running"))
        #expect(words(changes).contains("session session:s-1 running>idle"))
        #expect(changes.first { $0.subject == .session("s-2", of: nil) }?.user == "bob")
        #expect(watch.sessionChanges(in: story.state).isEmpty)
    }

    @Test func aSessionWithoutAUserIsNobodys() {
        var story = Story()
        var watch = ChangeWatch()
        story.event(.runStarted, "r-1", session: "s-1")
        _ = watch.sessionChanges(in: story.state)
        story.event(.runStarted, "r-2", user: "", session: "s-2")
        let change = watch.sessionChanges(in: story.state).first { $0.subject == .session("s-2", of: nil) }
        #expect(change != nil && change?.user == nil)
    }

    @Test func aRestartNamesTheNewStart() {
        var story = Story()
        var watch = ChangeWatch()
        story.snapshot { $0.bootID = "b-1" }
        #expect(watch.changes(in: story.state).isEmpty)
        story.snapshot { $0.bootID = "b-2" }
        #expect(words(watch.changes(in: story.state)) == ["restart backend:prod b-1>b-2"])
    }

    @Test func aFindingIsRaisedOnceAndClearedOnce() {
        var story = Story()
        var watch = FindingWatch()
        story.path(.onSingleton)
        let raised = watch.changes(in: story.state)
        #expect(raised.map(\.turn) == [.raised])
        #expect(raised.first?.row.finding.rule == "pattern-singleton")
        #expect(watch.changes(in: story.state).isEmpty)
        story.path(.onFactory)
        let cleared = watch.changes(in: story.state)
        #expect(cleared.contains { $0.turn == .cleared && $0.row.finding.rule == "pattern-singleton" })
        #expect(cleared.first { $0.turn == .cleared }?.json(in: story.state)["change"] == "cleared")
        #expect(!watch.changes(in: story.state).contains { $0.turn == .cleared })
    }
}
