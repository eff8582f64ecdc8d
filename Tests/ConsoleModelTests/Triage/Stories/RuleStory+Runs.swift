import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// Runs and sessions: their grammar, their clocks, their tools.
    static let ofRuns: [RuleStory] = [
        RuleStory(
            "run-unfinished",
            fires: { story in
                story.startTool("r-1")
                close(&story)
            },
            spares: { story in
                story.startTool("r-1")
                story.receive(.link(.lost, reason: "refused", retryIn: .seconds(2)))
            },
            silent: { story in
                story.startTool("r-1")
                story.event(.runError, "r-1", ["message": "no"])
                close(&story)
            },
            turns: [
                (
                    "remembered=1h",
                    { story in
                        story.startTool("r-1")
                        close(&story)
                        story.wait(.seconds(601))
                    }
                )
            ]),
        RuleStory(
            "run-grammar",
            fires: { story in
                story.startTool("r-1")
                story.event(.runFinished, "r-1")
            },
            spares: { $0.wholeRun("r-1") },
            silent: { $0.event(.stepStarted, "r-1", sequence: 7, ["stepName": "plan"]) },
            turns: [
                (
                    "remembered=1h",
                    { story in
                        story.startTool("r-1")
                        story.event(.runFinished, "r-1")
                        story.wait(.seconds(601))
                    }
                )
            ]),
        RuleStory(
            "runs-failing", fires: { failing(5, of: 3, &$0) }, spares: { failing(4, of: 3, &$0) },
            silent: { failing(5, of: 2, &$0) },
            turns: [
                ("runs=4", { failing(4, of: 3, &$0) }), ("users=2", { failing(5, of: 2, &$0) }),
            ]),
        RuleStory(
            "run-impersonated",
            fires: { story in
                story.path(.onFactory)
                story.wholeRun("r-1")
            },
            spares: { story in
                story.path(.onFactory)
                story.event(.runStarted, "r-0")
                for state in ["requested", "active"] { dispatcher(state, &story) }
                dispatcher("idle", &story, ["executed": 1])
                story.wholeRun("r-1")
            },
            silent: { story in
                story.path(.onFactory)
                story.event(.runStarted, "r-1")
                story.event(.runFinished, "r-1")
            },
            turns: [
                (
                    "remembered=1h",
                    { story in
                        story.path(.onFactory)
                        story.wholeRun("r-1")
                        story.wait(.seconds(601))
                    }
                )
            ]),
        RuleStory(
            "run-stalled", fires: { quiet(30_001, &$0) }, spares: { quiet(30_000, &$0) },
            silent: { story in
                story.wholeRun("r-1")
                story.wait(.seconds(86_400))
            },
            turns: [
                ("tool=20s", { quiet(30_000, &$0) }),
                (
                    "thinking=20s",
                    { story in
                        story.event(.runStarted, "r-1")
                        story.wait(.seconds(25))
                    }
                ),
                (
                    "step=2m",
                    { story in
                        story.receive(.dialect(name: "x", coverage: Coverage().silentWithinSteps))
                        quiet(150_000, &story)
                    }
                ),
            ]),
        RuleStory(
            "run-no-progress", fires: { beating(60_001, &$0) }, spares: { beating(60_000, &$0) },
            silent: { story in
                story.event(.runStarted, "r-1")
                story.event(.runFinished, "r-1", ["outcome": ["type": "interrupt"]])
                story.wait(.seconds(120))
                story.event(.raw, "r-1")
            },
            turns: [("idle=50s", { beating(60_000, &$0) })]),
        RuleStory(
            "session-looping", fires: { calls([1, 1, 1], &$0) }, spares: { calls([1, 1], &$0) },
            silent: { calls([1, 2, 3, 4], &$0) }, turns: [("repeats=2", { calls([1, 1], &$0) })]),
        RuleStory(
            "session-waiting", fires: { asked(60_001, &$0) }, spares: { asked(60_000, &$0) },
            silent: { story in
                story.wholeRun("r-1")
                story.wait(.seconds(3_600))
            },
            turns: [("notice=30s", { asked(60_000, &$0) }), ("warning=10m", { asked(700_000, &$0) })]),
        RuleStory(
            "tool-slow", fires: { slow(10, open: 15_100, &$0) }, spares: { slow(10, open: 14_900, &$0) },
            silent: { slow(9, open: 29_000, &$0) },
            turns: [
                ("floor=20s", { slow(10, open: 15_100, &$0) }),
                ("factor=2", { slow(10, open: 14_900, &$0) }),
                ("samples=9", { slow(9, open: 29_000, &$0) }),
            ]),
        RuleStory(
            "tool-failing", fires: { tool(0, 10, now: 16, &$0) }, spares: { tool(0, 10, now: 15, &$0) },
            silent: { tool(5, 5, now: 16, &$0) },
            turns: [
                ("calls=25", { tool(0, 10, now: 16, &$0) }), ("share=70%", { tool(0, 10, now: 15, &$0) }),
                ("baseline=60%", { tool(5, 5, now: 16, &$0) }),
            ]),
        RuleStory(
            "event-flood", fires: { flood(501, every: 1, &$0) }, spares: { flood(500, every: 1, &$0) },
            silent: { flood(501, every: 60, &$0) },
            turns: [
                ("events=400", { flood(500, every: 1, &$0) }),
                ("per-second=10", { flood(501, every: 60, &$0) }),
                (
                    "recent=5m",
                    { story in
                        flood(501, every: 1, &story)
                        story.wait(.seconds(90))
                    }
                ),
            ]),
    ]

    private static func close(_ story: inout Story) {
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
    }

    private static func failing(_ runs: Int, of users: Int, _ story: inout Story) {
        story.wholeRun("r-0")
        for index in 0..<runs {
            let user = "u\(index % users)"
            story.event(.runStarted, "x-\(index)", user: user, session: "s-\(user)")
            story.event(.runError, "x-\(index)", user: user, session: "s-\(user)", ["message": "poisoned"])
        }
    }

    /// The last event is 100 ms old when the waiting begins.
    private static func quiet(_ milliseconds: Int64, _ story: inout Story) {
        story.startTool("r-1")
        story.wait(.milliseconds(milliseconds - 100))
    }

    private static func beating(_ milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        let useful = story.now + .milliseconds(-100)
        while story.now.since(useful) < .milliseconds(milliseconds - 5_000) {
            story.wait(.seconds(5))
            story.event(.raw, "r-1")
        }
        story.wait(.milliseconds(milliseconds) - story.now.since(useful))
    }

    /// One whole call each, with that number as its argument.
    private static func calls(_ arguments: [Int], _ story: inout Story) {
        story.event(.runStarted, "r-1")
        for (index, argument) in arguments.enumerated() {
            let id: JSONValue = .string("c-\(index)")
            story.event(.toolCallStart, "r-1", ["toolCallId": id, "toolCallName": "search"])
            story.event(.toolCallArgs, "r-1", ["toolCallId": id, "delta": .string("{\"q\":\(argument)}")])
            story.event(.toolCallEnd, "r-1", ["toolCallId": id])
            story.event(.toolCallResult, "r-1", ["toolCallId": id, "content": ""])
        }
    }

    private static func asked(_ milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        story.event(.runFinished, "r-1", ["outcome": ["type": "interrupt"]])
        story.wait(.milliseconds(milliseconds - 100))
    }

    /// Calls of 5 s each, then one that is open for so long.
    private static func slow(_ samples: Int, open milliseconds: Int64, _ story: inout Story) {
        for index in 0..<samples {
            story.event(.runStarted, "r-\(index)")
            story.event(.toolCallStart, "r-\(index)", ["toolCallId": "c", "toolCallName": "sql"])
            story.wait(.milliseconds(4_900))
            story.event(.toolCallResult, "r-\(index)", ["toolCallId": "c"])
            story.event(.runFinished, "r-\(index)")
        }
        story.event(.runStarted, "x")
        story.event(.toolCallStart, "x", ["toolCallId": "c", "toolCallName": "sql"])
        story.wait(.milliseconds(milliseconds - 100))
    }

    /// So many failed and good calls before, then 20 of which so many fail.
    private static func tool(_ failed: Int, _ good: Int, now: Int, _ story: inout Story) {
        let words =
            Array(repeating: "failed", count: failed) + Array(repeating: "done", count: good + 20 - now)
            + Array(repeating: "failed", count: now)
        for word in words {
            story.custom(.dispatcher, ["id": "d", "to": "idle", "reason": .string("sql \(word)")])
        }
    }

    private static func flood(_ count: Int, every milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        var lines = ""
        for index in 1..<count {
            let time = story.now.milliseconds + Int64(index) * milliseconds
            lines +=
                #"{"type":"TEXT_MESSAGE_CONTENT","timestamp":\#(time),"metadata":{"user":"ada","session":"s-1","run":"r-1","seq":\#(index)}}"#
                + "\n"
        }
        story.lines(lines)
    }
}
