import Testing
import WireProtocol

@Suite struct OwnedTests {
    @Test func anIdOfAnotherUserIsAnotherKey() {
        let keys: Set<Owned<RunID>> = [
            Owned("r", of: "bob"), Owned("r", of: "ada"), Owned("q", of: "bob"), Owned("r", of: nil),
        ]
        #expect(keys.count == 4)
        #expect(keys.owners(of: "r") == ["", "ada", "bob"])
        #expect(keys.sorted().map(\.description) == ["q of bob", "r", "r of ada", "r of bob"])
        #expect(Owned("r", of: nil as UserID?) == Owned<RunID>("r", of: ""))
    }

    @Test func aRowWithoutAUserIsUnowned() throws {
        let session = try #require(SessionRecord(json: ["id": "s"]))
        #expect(session.key.isUnowned)
        var run = RunRecord(id: "r")
        #expect(run.key.isUnowned)
        run.user = "ada"
        #expect(run.key == Owned("r", of: "ada"))
    }
}
