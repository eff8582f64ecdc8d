import Foundation
import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleApp
@testable import ConsoleModel

/// Files as targets: each is read as a backend that ended at its last event.
@Suite struct FileTargetTests {
    private static let start: Int64 = 1_790_000_000_000

    private func event(_ type: String, at milliseconds: Int64, user: String, _ sequence: Int) -> String {
        let metadata =
            #"{"user":"\#(user)","session":"s-\#(user)","run":"r-\#(user)","sequence":\#(sequence)}"#
        return
            #"{"type":"\#(type)","timestamp":\#(milliseconds),"runId":"r-\#(user)","metadata":\#(metadata)}"#
    }

    /// A file whose first run is silent until its last event.
    private func lines(from start: Int64, silence: Int64) -> [String] {
        [
            event("RUN_STARTED", at: start, user: "ada", 0),
            event("RUN_STARTED", at: start + silence, user: "bob", 0),
        ]
    }

    /// What `check` knows of files of those lines.
    private func collect(_ files: [[String]]) async throws -> ConsoleState {
        var options = ConsoleOptions()
        let paths = files.map { _ in NSTemporaryDirectory() + "ctxtop-\(UUID().uuidString).ndjson" }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        for (path, lines) in zip(paths, files) {
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: path))
            options.targets.append(.file(path: path))
        }
        return try await Collector.collect(options)
    }

    @Test(
        arguments: [(0, 0), (86_400_000, 0), (-86_400_000, 0), (0, 31_000), (86_400_000, 31_000)]
            as [(Int64, Int64)])
    func severalFilesAreJudgedEachAtItsOwnEnd(offset: Int64, silence: Int64) async throws {
        let state = try await collect([
            lines(from: Self.start, silence: 30_000), lines(from: Self.start + offset, silence: silence),
        ])
        let stalled = state.triage().filter { $0.rule == "run-stalled" }.map(\.backend)
        #expect(stalled == (silence > 30_000 ? [BackendKey(1)] : []))
        #expect(state.triage().count == stalled.count)
        #expect(
            state.backends.map(state.now).map(\.milliseconds) == [
                Self.start + 30_000, Self.start + offset + silence,
            ])
    }

    @Test func aFilesClockIsItsNewestEvent() {
        let wall = Timestamp(milliseconds: Self.start + 3_600_000)
        var clock = FileClock()
        func moment(_ message: Message) -> Int64 { clock.moment(of: message, wall).milliseconds - Self.start }
        func batch(_ times: [Int64]) -> Message {
            let lines = times.map { event("RUN_STARTED", at: Self.start + $0, user: "ada", 0) + "\n" }
            return .events(EventBatch(lines: Array(lines.joined().utf8)))
        }
        #expect(moment(.dialect(name: "ndjson", coverage: .file)) == 3_600_000)
        #expect(moment(.events(EventBatch(lines: Array("no event\n".utf8)))) == 3_600_000)
        #expect(moment(batch([5, 9, 7])) == 9)
        #expect(moment(batch([8])) == 9)
        #expect(moment(.link(.ended, reason: nil, retryIn: nil)) == 9)
        #expect(moment(.link(.lost, reason: nil, retryIn: nil)) == 3_600_000)
    }

    @Test func onlyFilesHaveClocksOfTheirOwn() throws {
        let wall = Timestamp(milliseconds: Self.start + 3_600_000)
        let targets: [ConsoleTarget] = [
            .file(path: "a"), try ConsoleTarget("http://h", fileExists: { _ in false }),
        ]
        let lines = event("RUN_STARTED", at: Self.start, user: "ada", 0)
        let message = Message.events(EventBatch(lines: Array(lines.utf8)))
        var clocks = FileClocks()
        let moments = (0..<3).map { clocks.moment(of: message, from: BackendKey($0), among: targets, wall) }
        #expect(moments == [Timestamp(milliseconds: Self.start), wall, wall])
    }
}
