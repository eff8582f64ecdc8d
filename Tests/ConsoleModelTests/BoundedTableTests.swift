import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleModel

/// Tables that a backend could fill without end: bounded, and what found no room is counted and told.
@Suite struct BoundedTableTests {
    @Test func pathsBeyondTheBoundAreCounted() {
        var story = Story()
        let most = BackendState.maximumPaths
        for number in 0..<most + 7 {
            story.custom(.creation, ["path": .string("p\(number)"), "status": "error", "error": "x"])
        }
        #expect(story.backend.paths.count == most)
        #expect(story.backend.reception.counters.decodeErrors == 7)
        #expect(
            story.backend.reception.lastRefusal == "path p\(most + 6): only the first \(most) paths are kept")
    }

    @Test func ownersBeyondTheBoundAreCounted() throws {
        var story = Story()
        let most = DispatcherRecord.maximumOwners
        for number in 0..<most + 3 {
            story.custom(
                .dispatcher,
                ["id": "d", "to": "active", "pattern": "factory", "owners": [.string("u\(number)")]])
        }
        let dispatcher = try #require(story.backend.dispatchers.values.first)
        #expect(dispatcher.record.owners.count == most)
        #expect(story.backend.reception.counters.decodeErrors == 3)
        #expect(story.backend.reception.lastRefusal?.hasPrefix("dispatcher d: only the first") == true)
    }

    @Test func anOwnerThatIsKnownIsNotCountedAgain() {
        var story = Story()
        for _ in 0..<3 {
            story.custom(.dispatcher, ["id": "d", "to": "active", "owners": ["u", "v"]])
        }
        #expect(story.backend.dispatchers.values.first?.record.owners == ["u", "v"])
        #expect(story.backend.reception.counters.decodeErrors == 0)
    }
}
