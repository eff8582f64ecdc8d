@testable import Backend
import Foundation
import PatternDetection
import Testing
import WireProtocol

@Suite struct DispatcherTableTests {
    private let now = Timestamp(milliseconds: 5)

    private func table(_ pattern: Verdict = .factory) -> DispatcherTable {
        var table = DispatcherTable()
        var record = DispatcherRecord(id: "d")
        record.pattern = pattern
        _ = table.request(record)
        _ = table.move("d", to: .active, reason: "ready")
        return table
    }

    @Test func aCallMakesItExecuteAndTheLastEndMakesItIdle() {
        var table = table()
        #expect(table.begin("d", tool: "t", at: now)?.state == .executing)
        #expect(table.begin("d", tool: "t", at: now)?.record.inFlight == 2)
        #expect(table.end("d", tool: "t", succeeded: true, at: now)?.state == .executing)
        let last = table.end("d", tool: "t", succeeded: false, at: now)
        #expect(last?.state == .idle)
        #expect(last?.record.executed == 1)
        #expect(last?.record.failed == 1)
        #expect(last?.record.inFlight == 0)
    }

    @Test func aSingletonStaysActive() {
        var table = table(.singleton)
        #expect(table.begin("d", tool: "t", at: now)?.state == .active)
        #expect(table.end("d", tool: "t", succeeded: true, at: now)?.state == .active)
    }

    @Test func whatIsGoneOrThereDoesNotMove() {
        var table = table()
        #expect(table.move("d", to: .active, reason: "again") == nil)
        #expect(table.move("d", to: .disposed, reason: "done")?.state == .disposed)
        #expect(table.move("d", to: .active, reason: "again") == nil)
        #expect(table.begin("d", tool: "t", at: now) == nil)
        #expect(table.end("d", tool: "t", succeeded: true, at: now) == nil)
        #expect(table.records.isEmpty)
    }

    @Test func whatEndsNeverGoesBack() {
        var table = table()
        _ = table.begin("d", tool: "t", at: now)
        #expect(table.move("d", to: .draining, reason: "done")?.state == .draining)
        for state in [DispatcherRecord.State.requested, .initializing, .active, .executing, .idle, .draining]
        {
            #expect(table.move("d", to: state, reason: "again") == nil)
        }
        #expect(table.begin("d", tool: "t", at: now) == nil)
        // The call that was under way still counts.
        let last = table.end("d", tool: "t", succeeded: true, at: now)
        #expect(last?.state == .draining)
        #expect(last?.record.executed == 1)
        #expect(table.move("d", to: .disposed, reason: "done")?.state == .disposed)
    }

    @Test func onlyAReadyDispatcherTakesCalls() {
        var table = DispatcherTable()
        _ = table.request(DispatcherRecord(id: "d"))
        #expect(table.begin("d", tool: "t", at: now) == nil)
        #expect(table.move("d", to: .idle, reason: "too early") == nil)
        #expect(table.move("d", to: .initializing, reason: "making")?.state == .initializing)
        #expect(table.begin("d", tool: "t", at: now) == nil)
        #expect(table.move("d", to: .requested, reason: "back") == nil)
        #expect(table.move("d", to: .active, reason: "ready")?.state == .active)
        #expect(table.begin("d", tool: "t", at: now)?.state == .executing)
    }

    @Test func whatOnlyAnObserverDerivesIsNoMove() {
        var table = table()
        for state in [DispatcherRecord.State.leaked, .shared, .unknown] {
            #expect(table.move("d", to: state, reason: "derived") == nil)
        }
    }

    @Test func whatNeverWasReadyIsHalfBuiltAndWhatOnceWasIsAnOrphan() {
        var table = DispatcherTable()
        _ = table.request(DispatcherRecord(id: "d"))
        #expect(table.move("d", to: .orphaned, reason: "too early") == nil)
        #expect(table.move("d", to: .halfBuilt, reason: "a tool is missing")?.state == .halfBuilt)
        #expect(table.begin("d", tool: "t", at: now) == nil)
        #expect(table.move("d", to: .active, reason: "too late") == nil)
        #expect(table.move("d", to: .disposed, reason: "done")?.state == .disposed)
        table = self.table()
        #expect(table.move("d", to: .halfBuilt, reason: "too late") == nil)
        #expect(table.move("d", to: .orphaned, reason: "no context")?.state == .orphaned)
        #expect(table.begin("d", tool: "t", at: now) == nil)
        #expect(table.move("d", to: .evicted, reason: "limit")?.state == .evicted)
        #expect(table.records.isEmpty)
    }

    @Test func eachOwnerIsNamedOnce() {
        var table = table(.singleton)
        #expect(table.own("d", by: "ada") != nil)
        #expect(table.own("d", by: "ada") == nil)
        #expect(table.own("d", by: "bob")?.record.owners == ["ada", "bob"])
    }
}

@Suite struct SourceRuleTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Sources/Backend")

    private func files() throws -> [(name: String, text: String)] {
        let found = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)
        return try (found?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    @Test func oneFileConstructsDispatchers() throws {
        let makers = try files().filter { $0.text.contains("ToolBench(id:") }.map(\.name)
        #expect(makers == ["DispatcherFactory.swift"])
    }

    @Test func everyPathThatIsOpenedIsInTheList() throws {
        let pattern = /on: \.([a-z]+), request:/
        let used = try files().flatMap { file in file.text.matches(of: pattern).map { String($0.1) } }
        #expect(Set(used) == Set(ConsumerPath.all.map(\.rawValue)))
    }
}
