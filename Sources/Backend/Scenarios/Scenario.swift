import PatternDetection

/// A story that a backend plays, for demos and tests: how it starts, and what happens then.
public struct Scenario: Sendable {
    /// The name that `--scenario` takes.
    public let name: String
    /// What an operator sees, in one sentence.
    public let summary: String
    /// Changes the configuration before the start.
    public let prepare: @Sendable (inout BackendConfiguration) -> Void
    /// What happens while it runs; it returns when nothing more will.
    public let play: @Sendable (Backend, ScenarioTiming) async throws -> Void

    /// Every scenario, in the order that help lists them.
    public static let all: [Scenario] = [
        .steady, .incident, .migration, .leak, .crossedUsers, .storm, .flap,
    ]

    /// The scenario of that name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

/// When the turns of a scenario come.
public struct ScenarioTiming: Sendable {
    /// How long what is broken stays broken before it is fixed; the steps of a longer story take a part of it each.
    public var fixAfter: Duration

    /// Waits for that part of the time until the fix; a thousandth of a second at least.
    func wait(_ part: Int = 1) async throws {
        try await Task.sleep(for: max(fixAfter / part, .milliseconds(1)))
    }

    /// 60 s, long enough to look around.
    public init(fixAfter: Duration = .seconds(60)) { self.fixAfter = fixAfter }
}
