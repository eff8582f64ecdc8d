import Testing

@testable import ConsoleClient

@Suite struct ByteBudgetTests {
    @Test func nothingAboveTheLimitIsTaken() {
        let budget = ByteBudget(10)
        #expect(budget.reserve(10))
        #expect(!budget.reserve(1))
        budget.release(1)
        #expect(budget.reserve(1))
    }

    @Test func whatTheParentRefusesIsNotTaken() {
        let parent = ByteBudget(10)
        let first = ByteBudget(8, within: parent)
        let second = ByteBudget(8, within: parent)
        #expect(first.reserve(8))
        #expect(!second.reserve(3))
        #expect(second.reserve(2))
        first.release(8)
        #expect(second.reserve(6))
        #expect(!second.reserve(1))
    }
}
