extension Scenario {
    /// Nothing goes wrong: a console that shows a finding here is wrong.
    static let steady = Scenario(
        name: "steady", summary: "every path on the factory pattern, users at work, nothing to find",
        prepare: { _ in }, play: { _, _ in })
}
