import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleModel
@testable import ConsoleViews

/// A run drawn to scale.
@Suite struct ContextRunsTests {
    private func run(_ spans: [RunRow.Span]) -> RunRow {
        RunRow(
            key: RunKey(backend: BackendKey(0), id: "r"), agent: nil, ledger: EventLedger(),
            state: .completed, isStuck: false, took: .seconds(10), violations: [], spans: spans)
    }

    @Test func aToolThatWasDoneAtOnceHasACell() {
        let drawn = ContextRuns.scale(
            run([
                .init(kind: .thinking, start: .zero, end: .seconds(5)),
                .init(kind: .tool, start: .seconds(5), end: .milliseconds(5007)),
                .init(kind: .thinking, start: .milliseconds(5007), end: .seconds(10)),
            ]), .seconds(10), width: 11)
        #expect(drawn == "├────▒────┤")
    }

    @Test func aToolStandsWhereItsTimeIs() {
        let drawn = ContextRuns.scale(
            run([
                .init(kind: .thinking, start: .zero, end: .seconds(2)),
                .init(kind: .tool, start: .seconds(2), end: .seconds(6)),
                .init(kind: .thinking, start: .seconds(6), end: .seconds(10)),
            ]), .seconds(20), width: 21)
        #expect(drawn.hasPrefix("├─▒▒▒▒▒───┤"))
    }
}
