import Testing
import WireProtocol

@testable import ConsoleClient

/// Where a link continues after it was lost, and how much is missing when it cannot.
@Suite struct StreamPlaceTests {
    private let now = Timestamp(milliseconds: 1_795_980_000_000)

    private func snapshot(_ boot: String?, _ last: String?, startedAt: Timestamp? = nil) -> BackendSnapshot {
        var snapshot = BackendSnapshot(name: "shop")
        (snapshot.bootID, snapshot.lastEventID, snapshot.startedAt) = (boot, last, startedAt)
        snapshot.instance = "web-1"
        return snapshot
    }

    private func heard(_ id: String, _ boot: String) -> StreamPlace {
        let place = StreamPlace()
        place.note(id, boot: boot, at: now)
        return place
    }

    private func gap(_ lost: Int, _ after: String, _ next: String, _ boot: String) -> StreamPlace.Continuation
    {
        .missing(StreamGap(lost: lost, after: after, next: next, instance: "web-1", bootID: boot))
    }

    @Test func theFirstRoundBeginsAtItsSnapshot() {
        #expect(StreamPlace().continuation(at: snapshot("b1", "b1-900")) == .afterSnapshot)
    }

    @Test func theSameBootIsResumedAfterTheLastEvent() {
        #expect(heard("b1-7", "b1").continuation(at: snapshot("b1", "b1-61")) == .resume(after: "b1-7"))
    }

    @Test(arguments: ["b1-7", "b1-6", "b1-x", "7", ""]) func nothingNewIsNothingMissing(_ last: String) {
        #expect(heard("b1-7", "b1").continuation(at: snapshot("b1", last)) == .afterSnapshot)
    }

    @Test func whatTheBackendNoLongerHoldsIsCounted() {
        let place = heard("b1-7", "b1")
        place.noteGone()
        #expect(place.continuation(at: snapshot("b1", "b1-61")) == gap(54, "b1-7", "b1-61", "b1"))
        place.note("b1-61", boot: "b1", at: now)
        #expect(place.continuation(at: snapshot("b1", "b1-70")) == .resume(after: "b1-61"))
    }

    @Test func theEventsOfARestartBeforeItsSnapshotAreCounted() {
        let place = heard("b1-7", "b1")
        let restart = snapshot("b2", "b2-30", startedAt: now + .seconds(2))
        #expect(place.continuation(at: restart) == gap(30, "b1-7", "b2-30", "b2"))
        #expect(place.continuation(at: snapshot("b2", "b2-0", startedAt: now)) == .afterSnapshot)
    }

    @Test func ofAnotherReplicaNothingIsMissing() {
        let place = heard("b1-7", "b1")
        #expect(
            place.continuation(at: snapshot("b2", "b2-30", startedAt: now + .seconds(-60))) == .afterSnapshot)
        #expect(place.continuation(at: snapshot("b2", "b2-30")) == .afterSnapshot)
        place.note("b2-30", boot: "b2", at: now)
        #expect(place.continuation(at: snapshot("b1", "b1-90", startedAt: now)) == .afterSnapshot)
    }

    @Test(arguments: [
        ("b-1-8", "b-1-8", true), ("b-1-9", "b-1-8", true), ("b-1-7", "b-1-8", false),
        ("c-9", "b-1-8", false),
        ("b-1-7", "no number", true),
    ]) func anEventCoversThoseBefore(_ id: String, _ other: String, _ covers: Bool) throws {
        #expect(try #require(EventNumber(id)).covers(other) == covers)
    }
}
