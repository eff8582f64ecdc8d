@testable import ConsoleModel
import Testing
import WireProtocol

@Suite struct SymbolCompactionTests {
    @Test func lettingTextsGoChangesNothingThatIsShown() {
        var story = Story(limits: .init(maximumEvents: 20, maximumBytes: 1 << 20))
        for index in 0..<30 {
            story.wholeRun("r-\(index)", user: "user-\(index % 3)", session: "s-\(index % 5)")
        }
        story.startTool("r-open", user: "eva", session: "s-open")
        story.custom(.dispatcher, ["id": "d-1", "to": "active"], user: "eva", session: "s-open")
        story.path(.onSingleton)
        story.wait(.seconds(31))
        for index in 0..<500 { _ = story.store.state.symbols.intern("gone-\(index)") }
        let before = story.state
        story.store.state.compactSymbols()
        let after = story.state
        #expect(after.symbols.count < before.symbols.count - 499)
        #expect(after.sessionTable() == before.sessionTable())
        #expect(after.pathTable() == before.pathTable())
        #expect(after.dispatcherTable() == before.dispatcherTable())
        #expect(after.triage() == before.triage())
        #expect(
            after.snapshotDocument(takenAt: story.now) == before.snapshotDocument(takenAt: story.now))
        let shown = { (state: ConsoleState) in
            state.eventWindow(height: 99).rows.map { [$0.user, $0.session, $0.word, $0.detail] }
        }
        #expect(shown(after) == shown(before))
        let key = SessionKey(backend: story.key, id: "s-open")
        #expect(after.contextDetail(key) != nil)
        story.event(.toolCallResult, "r-open", user: "eva", session: "s-open", ["toolCallId": "c"])
        #expect(story.backend.runs.values.allSatisfy { $0.violations.isEmpty })
    }
}
