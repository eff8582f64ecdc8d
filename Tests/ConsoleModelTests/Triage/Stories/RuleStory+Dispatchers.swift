import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// Lifetimes: half-built, evicted, orphaned and leaked dispatchers, and limits.
    static let ofDispatchers: [RuleStory] = [
        RuleStory(
            "dispatcher-half-built", fires: { building(10_001, &$0) }, spares: { building(10_000, &$0) },
            silent: { story in
                dispatcher("initializing", &story)
                dispatcher("disposed", &story)
                story.wait(.seconds(60))
            },
            turns: [("building=5s", { building(10_000, &$0) })]),
        RuleStory(
            "dispatcher-evicted", fires: { evicted(599_900, &$0) }, spares: { evicted(600_100, &$0) },
            silent: { story in
                story.startTool("r-1")
                dispatcher("disposed", &story, ["reason": "its session ended"])
            },
            turns: [("remembered=1h", { evicted(600_100, &$0) })]),
        RuleStory(
            "dispatcher-orphaned", fires: { replaced(30_001, &$0) }, spares: { replaced(30_000, &$0) },
            silent: { story in
                dispatcher("active", &story, ["pattern": "singleton"])
                story.wait(.seconds(3_600))
            },
            turns: [("alone=20s", { replaced(30_000, &$0) })]),
        RuleStory(
            "dispatcher-leaked", fires: { outliving(30_001, &$0) }, spares: { outliving(30_000, &$0) },
            silent: { story in
                outliving(3_600_000, &story, ["pattern": "singleton"])
            },
            turns: [("after-end=20s", { outliving(30_000, &$0) })]),
        RuleStory(
            "limit-reached", fires: { uses([90], &$0) }, spares: { uses([89], &$0) },
            silent: { story in
                story.snapshot { $0.limits = ["managers": LimitRecord(limit: 0, used: 5)] }
            },
            turns: [("near=85%", { uses([89], &$0) }), ("clears=88%", { uses([95, 85], &$0) })]),
        RuleStory(
            "tool-events-missing", fires: { executed(2, &$0) }, spares: { executed(1, &$0) },
            silent: { executed(2, &$0, ["owners": ["ada", "bob"]]) },
            turns: [("calls=1", { executed(1, &$0) })]),
    ]

    private static func building(_ milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        dispatcher("initializing", &story)
        story.wait(.milliseconds(milliseconds - 100))
    }

    private static func evicted(_ milliseconds: Int64, _ story: inout Story) {
        story.startTool("r-1")
        dispatcher("evicted", &story, ["reason": "10 per user"])
        story.wait(.milliseconds(milliseconds - 100))
    }

    private static func replaced(_ milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        dispatcher("idle", &story)
        let now = story.now
        story.snapshot { snapshot in
            var session = SessionRecord(id: "s-1", user: "ada")
            (session.state, session.dispatcher, session.lastEventAt) = (.idle, "d-2", now)
            snapshot.sessions = [session]
        }
        story.wait(.milliseconds(milliseconds - 100))
    }

    private static func outliving(
        _ milliseconds: Int64, _ story: inout Story, _ more: JSONObject = [:]
    ) {
        story.wholeRun("r-1")
        dispatcher("idle", &story, more)
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
        story.wait(.milliseconds(milliseconds - 100))
    }

    private static func uses(_ all: [Int], _ story: inout Story) {
        for used in all { story.snapshot { $0.limits = ["managers": LimitRecord(limit: 100, used: used)] } }
    }

    private static func executed(_ calls: Int64, _ story: inout Story, _ more: JSONObject = [:]) {
        story.event(.runStarted, "r-1")
        for state in ["requested", "active"] { dispatcher(state, &story) }
        var value: JSONObject = ["executed": .integer(calls)]
        for member in more.members { value[member.name] = member.value }
        dispatcher("idle", &story, value)
    }
}
