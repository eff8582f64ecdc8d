@testable import ConsoleModel
import Foundation
import Testing
import WireProtocol

/// A snapshot and a stream that the backend of version 0.1.0 sent, before tools and owners had fields of their own.
@Suite struct EarlierBackendTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    @Test func itsSnapshotAndItsStreamAreReadWhole() throws {
        let object = try #require(try JSONParser.parse(try Self.fixture("earlier-snapshot.json")).object)
        let snapshot = try #require(BackendSnapshot(json: object))
        let batch = EventBatch(lines: try Self.fixture("earlier-events.ndjson"))
        var story = Story(at: try #require(snapshot.health.at))
        story.receive(.snapshot(snapshot))
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        story.receive(.events(batch))
        story.now = try #require(batch.events.compactMap(\.timestamp).max())
        _ = story.store.send(.tick(story.now))
        #expect(batch.refused.isEmpty && batch.events.count == 140)
        #expect(story.backend.reception.counters.decodeErrors == 0)
        #expect(story.backend.sessions.count >= snapshot.sessions.count)
        #expect(Set(story.backend.runs.values.map(\.id)).count == story.backend.runs.count)
        // The ends of its tool calls are in the words of its dispatchers' steps.
        #expect(!story.backend.memory.tools.isEmpty)
        // It ran with the fault that swaps the order of two events, and with no other one.
        #expect(Set(story.state.findings.map(\.rule)) == ["run-grammar"])
        #expect(story.state.isolationStatement().crossings.isEmpty)
    }
}
