import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// Isolation: what belongs to one user and reached another one.
    static let ofBreaches: [RuleStory] = [
        RuleStory(
            "run-crossed",
            fires: { story in
                story.snapshot { _ in }
                story.event(.runStarted, "r-1")
                story.event(.textMessageContent, "r-1", user: "bob")
            },
            spares: { story in
                story.event(.runStarted, "r-1")
                story.event(.textMessageContent, "r-1", user: nil)
            },
            silent: { story in
                story.wholeRun("r-1")
                story.wholeRun("r-2", session: "s-2")
            },
            turns: [
                (
                    "remembered=2h",
                    { story in
                        story.snapshot { _ in }
                        story.event(.runStarted, "r-1")
                        story.event(.textMessageContent, "r-1", user: "bob")
                        story.wait(.seconds(3_601))
                    }
                )
            ]),
        RuleStory(
            "result-foreign",
            fires: { story in
                story.startTool("r-1")
                story.event(.runStarted, "r-2", user: "bob", session: "s-2")
                story.event(.toolCallResult, "r-2", user: "bob", session: "s-2", ["toolCallId": "c"])
            },
            spares: { story in
                story.startTool("r-1")
                story.startTool("r-2", user: "bob", session: "s-2")
                story.event(.toolCallResult, "r-2", user: "bob", session: "s-2", ["toolCallId": "c"])
            },
            silent: { story in
                story.event(.runStarted, "r-1")
                story.event(.toolCallResult, "r-1", ["toolCallId": "c"])
            },
            turns: [
                (
                    "remembered=2h",
                    { story in
                        story.startTool("r-1")
                        story.event(.runStarted, "r-2", user: "bob", session: "s-2")
                        story.event(
                            .toolCallResult, "r-2", user: "bob", session: "s-2", ["toolCallId": "c"])
                        story.wait(.seconds(3_601))
                    }
                )
            ]),
        RuleStory(
            "context-reused",
            fires: { story in
                context("c-1", of: "ada", &story)
                context("c-1", of: "bob", &story)
            },
            spares: { story in
                context("c-1", of: "ada", &story)
                context("c-1", of: "ada", &story)
                context("c-2", of: "bob", &story)
            },
            silent: { story in
                context("c-1", of: "ada", boot: "a", &story)
                context("c-1", of: "bob", boot: "b", &story)
            },
            turns: [
                (
                    "remembered=2h",
                    { story in
                        context("c-1", of: "ada", &story)
                        context("c-1", of: "bob", &story)
                        story.wait(.seconds(3_601))
                    }
                )
            ]),
        RuleStory(
            "dispatcher-shared",
            fires: { dispatcher("active", &$0, ["owners": ["ada", "bob"]]) },
            spares: { dispatcher("active", &$0, ["owners": ["ada"]]) },
            silent: { dispatcher("active", &$0, ["owners": ["ada", "bob"], "pattern": "singleton"]) },
            turns: [
                (
                    "remembered=2h",
                    { story in
                        dispatcher("active", &story, ["owners": ["ada", "bob"]])
                        dispatcher("disposed", &story)
                        story.wait(.seconds(3_601))
                    }
                )
            ]),
    ]

    private static func context(
        _ id: ContextID, of user: UserID, boot: String? = nil, _ story: inout Story
    ) {
        story.snapshot { snapshot in
            snapshot.bootID = boot
            var context = ContextRecord(id: id)
            (context.user, context.session) = (user, SessionID(rawValue: "s-\(user)"))
            snapshot.contexts = [context]
        }
    }

    /// One event of the dispatcher d-1, which is ada's in s-1 unless that is changed.
    static func dispatcher(_ state: String, _ story: inout Story, _ more: JSONObject = [:]) {
        var value: JSONObject = ["id": "d-1", "to": .string(state), "pattern": "factory", "owners": ["ada"]]
        for member in more.members { value[member.name] = member.value }
        story.custom(.dispatcher, .object(value), user: "ada", session: "s-1")
    }
}
