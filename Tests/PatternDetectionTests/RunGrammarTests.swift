import PatternDetection
import Testing

typealias Grammar = RunGrammar

@Suite struct RunGrammarTests {
    private func grammar(_ steps: [Grammar.Step], sequences: [Int]? = nil, midway: Bool = false) -> Grammar {
        var grammar = Grammar(joinedMidway: midway)
        for (index, step) in steps.enumerated() { grammar.apply(step, sequence: sequences?[index] ?? index) }
        return grammar
    }

    @Test func aRunThatAListNamedFirstMayStillStartOnce() {
        #expect(grammar([.started, .thinking, .completed], midway: true).violations.isEmpty)
        #expect(grammar([.thinking, .started, .completed], midway: true).violations == [.duplicate])
        #expect(grammar([.started, .started, .completed], midway: true).violations == [.duplicate])
        #expect(grammar([.started, .started, .completed]).violations == [.duplicate])
    }

    @Test func aWholeRunKeepsTheGrammar() {
        let run = grammar([
            .started, .thinking, .toolExecuting("a"), .toolCompleted("a"), .thinking, .completed,
        ])
        #expect(run.violations.isEmpty)
        #expect(run.state == .completed)
    }

    @Test func anErrorMayComeWhileACallIsOpen() {
        let run = grammar([.started, .toolExecuting("a"), .error])
        #expect(run.violations.isEmpty)
        #expect(run.state == .failed)
    }

    @Test func sameCallTwiceAtOncePairsTwice() {
        let run = grammar([
            .started, .toolExecuting("a"), .toolExecuting("a"), .toolCompleted("a"), .toolCompleted("a"),
            .completed,
        ])
        #expect(run.violations.isEmpty)
    }

    @Test(arguments: [
        ([Grammar.Step.thinking, .completed], Grammar.Violation.missingStart),
        ([.started, .toolExecuting("a"), .completed], .missingResult),
        ([.started, .completed, .thinking], .late),
        ([.started, .completed, .completed], .duplicate),
        ([.started, .started, .completed], .duplicate),
        ([.started, .toolCompleted("a"), .completed], .unpaired),
    ])
    func eachBreachIsNamedOnce(_ steps: [Grammar.Step], _ violation: Grammar.Violation) {
        #expect(grammar(steps).violations == [violation])
    }

    @Test(
        arguments: [
            ([0, 1, 2], []), ([0, 2, 3], [Grammar.Violation.gap]), ([1, 2, 3], [.gap]),
            ([0, 1, 1], [.duplicate]), ([0, 3, 1], [.gap, .outOfOrder]),
        ] as [([Int], [Grammar.Violation])])
    func sequenceNumbersAreHeldToCount(_ sequences: [Int], _ violations: [Grammar.Violation]) {
        #expect(grammar([.started, .thinking, .completed], sequences: sequences).violations == violations)
    }

    @Test func whatCameBeforeWeAttachedIsNotMissing() {
        let run = grammar([.toolCompleted("a"), .thinking, .completed], sequences: [7, 8, 9], midway: true)
        #expect(run.violations.isEmpty)
        #expect(run.state == .completed)
    }

    @Test func hugeSequenceNumbersDoNotTrap() {
        let run = grammar([.started, .thinking], sequences: [Int.max, Int.min])
        #expect(run.violations == [.gap, .outOfOrder])
    }

    @Test(arguments: [true, false]) func onlyACompletedRunMustHaveAResultForEveryCall(_ isSuspended: Bool) {
        var grammar = Grammar()
        grammar.apply(.started)
        grammar.apply(.toolExecuting("a"))
        grammar.apply(isSuspended ? .suspended : .completed)
        #expect(grammar.state == .completed)
        #expect(grammar.violations == (isSuspended ? [] : [.missingResult]))
    }
}
