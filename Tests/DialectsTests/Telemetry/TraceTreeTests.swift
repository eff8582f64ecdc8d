import Testing
import WireProtocol

@testable import Dialects

/// A trace is a forest of spans: each test sends spans in the order in which a library ends them.
@Suite struct TraceTreeTests {
    private let start = Timestamp(milliseconds: 1_795_441_770_000)

    // MARK: Runs

    @Test func aRunIsToldWhileItIsUnderWay() {
        var trace = MadeUpTrace(start)
        #expect(
            trace.send([.model("c", in: "a", 10, 20, session: "talk-1")])
                == ["CUSTOM ctxtop.run", "STEP_STARTED c", "STEP_FINISHED c"])
        #expect(
            trace.send([.tool("disk", "t", in: "a", 30, 40)]) == ["TOOL_CALL_START disk", "TOOL_CALL_RESULT"])
        #expect(
            trace.send([.agent("ops", "a", 0, 50, session: "talk-1")]) == ["RUN_STARTED", "RUN_FINISHED"])
        #expect(Set(trace.runs.map(\.session)) == ["talk-1"])
        // It starts when its agent started, not at the first span that came.
        #expect(trace.time("RUN_STARTED") == start)
        #expect(trace.time("RUN_FINISHED") == start + .milliseconds(50))
    }

    @Test func aTraceOfOneRequestBeginsWithTheStart() {
        var trace = MadeUpTrace(start)
        let told = trace.send([
            .model("c", in: "a", 10, 20), .agent("ops", "a", 0, 50, session: "talk-1"),
        ])
        #expect(
            told == ["CUSTOM ctxtop.run", "RUN_STARTED", "STEP_STARTED c", "STEP_FINISHED c", "RUN_FINISHED"])
    }

    @Test func aRequestWithinOneMillisecondIsOneRun() {
        var trace = MadeUpTrace(start)
        trace.send([
            .tool("disk", "t", in: "a", 0, 0), .model("c", in: "a", 0, 0),
            .agent("ops", "a", in: "h", 0, 0, session: "talk-1"),
            .other("POST /chat", "h", 0, 0, isRequest: true),
        ])
        #expect(trace.runs.map(\.end) == ["success"])
        #expect(trace.named("TOOL_CALL_START").count == 1)
        #expect(trace.named("STEP_FINISHED").count == 1)
    }

    @Test func anInnerAgentThatCameFirstIsAStepOfTheOuterOne() {
        var trace = MadeUpTrace(start)
        trace.send([.agent("inner", "i", in: "x", 100, 900, session: "talk-1")])
        trace.wait(.seconds(60))
        let told = trace.send([
            .tool("ask", "x", in: "o", 90, 950), .agent("outer", "o", 0, 60_000, session: "talk-1"),
        ])
        #expect(told.contains("STEP_FINISHED inner"))
        #expect(trace.runs.map(\.agent) == ["outer"])
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func silenceWhileAToolWorksIsNoEnd() {
        var trace = MadeUpTrace(start)
        trace.send([.model("c", in: "a", 0, 100, tokens: 100)])
        trace.wait(.seconds(170))
        trace.send([.tool("slow", "t", in: "a", 110, 170_000)])
        trace.send([
            .model("d", in: "a", 170_010, 170_100, tokens: 200),
            .agent("ops", "a", 0, 170_110, session: "talk-1"),
        ])
        #expect(trace.runs == [.init(session: "talk-1", agent: "ops", end: "success", tokens: 300)])
        #expect(trace.named("RUN_STARTED").count == 1)
    }

    @Test func anAgentWhoseParentNeverComesEndsItsRunAfterTheQuietTime() {
        var trace = MadeUpTrace(start)
        trace.send([.agent("ops", "a", in: "never", 0, 50, session: "talk-1")])
        trace.wait(.seconds(180))
        #expect(trace.runs.map(\.end) == [nil])
        trace.wait(.seconds(1))
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func aRunThatNothingCanEndIsLostAndALateSpanOpensItAgain() {
        var trace = MadeUpTrace(start)
        trace.send([.model("c", in: "a", 0, 100, session: "talk-1")])
        trace.wait(.seconds(181))
        #expect(trace.changes.last == .lost)
        trace.send([.agent("ops", "a", 0, 200_000, session: "talk-1")])
        #expect(trace.changes == [.opened, .lost, .reopened])
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func aLateChildIsAStepOfTheRunThatHasEnded() {
        var trace = MadeUpTrace(start)
        trace.send([.agent("ops", "a", 0, 100, session: "talk-1")])
        trace.wait(.seconds(900))
        #expect(
            trace.send([.tool("disk", "t", in: "a", 10, 20)]) == ["TOOL_CALL_START disk", "TOOL_CALL_RESULT"])
        #expect(trace.runs.count == 1)
    }

    @Test func aRequestWithTwoAgentsIsOneRunAndAScriptWithTwoIsTwo() {
        for (isRequest, count) in [(true, 1), (false, 2)] {
            var trace = MadeUpTrace(start)
            trace.send([
                .agent("one", "1", in: "r", 1, 40, session: "talk-1"),
                .agent("two", "2", in: "r", 50, 90, session: "talk-1"),
                .other("POST /chat", "r", 0, 99, isRequest: isRequest),
            ])
            #expect(trace.runs.count == count)
            #expect(trace.runs.allSatisfy { $0.end == "success" })
        }
    }

    @Test func aFailedAgentBelowAWorkflowThatSaysOKIsAFailedRun() {
        var trace = MadeUpTrace(start)
        trace.send([
            .agent("one", "1", in: "w", 1, 40, session: "talk-1"),
            .agent("two", "2", in: "w", 50, 90, session: "talk-1", failing: "no disk"),
            .agent("flow", "w", 0, 99, session: "talk-1", operation: "invoke_workflow"),
        ])
        #expect(trace.runs.map(\.end) == ["RUN_ERROR"])
    }

    @Test func anAgentThatFailedAndWasTriedAgainIsNoFailedRun() {
        var trace = MadeUpTrace(start)
        trace.send([
            .agent("one", "1", in: "w", 1, 40, session: "talk-1", failing: "no disk"),
            .agent("one", "2", in: "w", 50, 90, session: "talk-1"),
            .agent("flow", "w", 0, 99, session: "talk-1", operation: "invoke_workflow"),
        ])
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func anAgentBelowAToolMayFailWithoutFailingTheRun() {
        var trace = MadeUpTrace(start)
        trace.send([
            .agent("inner", "i", in: "x", 10, 40, session: "talk-1", failing: "no disk"),
            .tool("ask", "x", in: "o", 5, 45), .agent("outer", "o", 0, 50, session: "talk-1"),
        ])
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func aRootThatOnlyItsSpanNamesIsCalledLikeItsAgent() {
        var trace = MadeUpTrace(start)
        var root = MadeUpSpan.agent("", "w", 0, 99, session: "talk-1")
        (root.name, root.attributes["gen_ai.agent.name"]) = ("Agent flow", nil)
        trace.send([.agent("cook", "c", in: "w", 1, 90, session: "talk-1"), root])
        #expect(trace.runs.map(\.agent) == ["cook"])
    }

    @Test func aCancelledCallIsTheEndOfItsRun() {
        var trace = MadeUpTrace(start)
        var tool = MadeUpSpan.tool("disk", "t", in: "a", 10, 40)
        tool.attributes["error.type"] = "asyncio.exceptions.CancelledError"
        trace.send([tool, .agent("ops", "a", 0, 50, session: "talk-1")])
        #expect(trace.runs.map(\.end) == ["cancelled"])
    }

    @Test func spansThatAreNeverSentDoNotKeepARunOpen() {
        var trace = MadeUpTrace(start)
        trace.send([.tool("disk", "t", in: "never", 10, 40)])
        trace.send([.agent("ops", "a", 0, 50, session: "talk-1")])
        #expect(trace.runs.map(\.end) == ["success"])
        #expect(trace.runs.count == 1)
    }

    // MARK: Calls

    @Test func aModelCallOfNobodyIsACallAndNoSession() {
        var trace = MadeUpTrace(start)
        #expect(trace.send([.model("c", in: "", 0, 100)]) == ["CUSTOM otel.span"])
        #expect(trace.sessions.isEmpty)
    }

    @Test func aModelCallOfAConversationIsARun() {
        var trace = MadeUpTrace(start)
        trace.send([.model("c", in: "", 0, 100, session: "talk-1", failing: "refused")])
        #expect(trace.runs.map(\.end) == ["RUN_ERROR"])
    }

    @Test func callsWhoseRootIsNoAgentLeaveNoSessionBehind() {
        var trace = MadeUpTrace(start)
        trace.send([.model("c", in: "r", 0, 100)])
        #expect(trace.sessions.count == 1)
        trace.send([.other("index", "r", 0, 200)])
        #expect(trace.sessions.isEmpty)
        #expect(trace.runs.map(\.end) == ["success"])
    }

    @Test func spansOfOneToolCallAreOneCallInWhateverOrder() {
        let client: [MadeUpSpan] = [
            .tool("disk", "3", in: "2", 12, 88), .tool("disk", "2", in: "1", 11, 89),
            .tool("disk", "1", in: "a", 10, 90), .agent("ops", "a", 0, 100, session: "talk-1"),
        ]
        var together = MadeUpTrace(start)
        together.send(client)
        var apart = MadeUpTrace(start)
        for span in client { apart.send([span]) }
        #expect(together.named("TOOL_CALL_START").count == 1)
        #expect(apart.named("TOOL_CALL_START").count == 1)
    }

    @Test func aToolThatCallsAnotherToolIsTwoCalls() {
        var trace = MadeUpTrace(start)
        trace.send([
            .tool("disk", "2", in: "1", 12, 88), .tool("report", "1", in: "a", 10, 90),
            .agent("ops", "a", 0, 100, session: "talk-1"),
        ])
        #expect(trace.named("TOOL_CALL_START").count == 2)
    }

    @Test func theSpanOfARemoteToolServerIsNeitherARunNorACall() {
        var trace = MadeUpTrace(start)
        trace.send([
            .tool("disk", "x", in: "a", 10, 90), .agent("ops", "a", 0, 100, session: "talk-1"),
        ])
        var remote = MadeUpSpan.tool("disk", "s", in: "x", 20, 80)
        (remote.service, remote.isRemote) = ("disks", true)
        trace.send([remote])
        #expect(trace.runs.count == 1)
        #expect(trace.named("TOOL_CALL_START").count == 1)
    }

    // MARK: Sessions

    @Test func aStandInIsRenamedWhenTheAgentNamesTheConversation() {
        var trace = MadeUpTrace(start)
        trace.send([.tool("disk", "t", in: "a", 30, 40)])
        #expect(trace.sessions == ["trace-" + trace.id])
        trace.send([.agent("ops", "a", 0, 50, session: "talk-1", user: "mira")])
        #expect(trace.sessions == ["talk-1"])
    }

    @Test func theOutermostConversationWins() {
        var trace = MadeUpTrace(start)
        trace.send([.agent("inner", "i", in: "x", 10, 40, session: "thrown-away")])
        trace.send([
            .tool("ask", "x", in: "o", 5, 45), .agent("outer", "o", 0, 50, session: "talk-1"),
        ])
        #expect(trace.sessions == ["talk-1"])
        #expect(trace.runs.count == 1)
    }

    @Test func aSubAgentsConversationWaitsUntilItsPlaceIsKnown() {
        var trace = MadeUpTrace(start)
        trace.send([.model("c", in: "o", 0, 5, session: "talk-1")])
        #expect(trace.send([.model("d", in: "i", 10, 20, session: "thrown-away")]).isEmpty)
        trace.send([
            .agent("inner", "i", in: "x", 8, 40, session: "thrown-away"), .tool("ask", "x", in: "o", 6, 45),
        ])
        trace.send([.agent("outer", "o", 0, 50, session: "talk-1")])
        #expect(trace.runs == [.init(session: "talk-1", agent: "outer", end: "success", tokens: 0)])
        #expect(trace.named("STEP_FINISHED").count == 3)
    }

    @Test func twoUsersInOneTraceAreTwoRuns() {
        var trace = MadeUpTrace(start)
        trace.send([
            .agent("ops", "1", in: "main", 0, 50, session: "talk-1", user: "mira"),
            .agent("ops", "2", in: "main", 60, 90, session: "talk-2", user: "otto"),
        ])
        trace.send([.other("main", "main", 0, 100)])
        #expect(trace.runs.map(\.session).sorted() == ["talk-1", "talk-2"])
        #expect(trace.runs.allSatisfy { $0.end == "success" })
    }

    @Test func twoServicesWithOneConversationAreTwoSessions() {
        var trace = MadeUpTrace(start)
        var inner = MadeUpSpan.agent("b", "b", in: "p", 10, 40, session: "talk-1")
        (inner.service, inner.isRemote) = ("beta", true)
        trace.send([inner])
        trace.send([
            .other("POST", "p", in: "x", 5, 45), .tool("ask", "x", in: "a", 4, 46),
            .agent("a", "a", 0, 50, session: "talk-1"),
        ])
        #expect(trace.sessions == ["talk-1", "talk-1@shop"])
        #expect(trace.runs.compactMap(\.agent).sorted() == ["a", "b"])
    }

    @Test func aCallInAnotherServiceIsNoRunWhicheverSpanComesFirst() {
        var trace = MadeUpTrace(start)
        var served = MadeUpSpan.tool("tides", "s", in: "t", 12, 38)
        served.service = "tide-server"
        let spans: [MadeUpSpan] = [
            served, .tool("tides", "t", in: "a", 10, 40), .tool("winch", "w", in: "a", 41, 45),
            .agent("pilot", "a", 0, 50, session: "talk-1"),
        ]
        for span in spans { trace.send([span]) }
        trace.wait(.seconds(600))
        #expect(trace.sessions == ["talk-1"])
        // The call of the other service is the trace's first run; the agent's own has both of its calls.
        let own = trace.named("TOOL_CALL_START").filter { $0["metadata"]?["run"]?.string == trace.id + ".2" }
        #expect(own.compactMap { $0["toolCallName"]?.string }.sorted() == ["tides", "winch"])
        #expect(
            trace.runs.filter { $0.agent != nil } == [
                .init(session: "talk-1", agent: "pilot", end: "success")
            ])
    }

    @Test func aStepThatFailedAndWasMadeUpForIsNoFailedRun() {
        func chain(_ name: String, _ from: Int, _ to: Int, failing: String? = nil) -> MadeUpSpan {
            var span = MadeUpSpan.other(name, name, in: "a", from, to)
            span.attributes["openinference.span.kind"] = "CHAIN"
            span.failure = failing
            return span
        }
        let agent = MadeUpSpan.agent("pilot", "a", 0, 50, session: "talk-1")
        for (isMadeUpFor, end) in [(true, "success"), (false, "RUN_ERROR")] {
            var trace = MadeUpTrace(start)
            let steps =
                [chain("Step 1", 1, 20, failing: "stuck")] + (isMadeUpFor ? [chain("Step 2", 21, 49)] : [])
            trace.send(steps + [agent])
            #expect(trace.runs.map(\.end) == [end])
        }
    }

    @Test func anAgentOfACrewBehindAToolIsNotTheRunsOwn() {
        var trace = MadeUpTrace(start)
        var crew = MadeUpSpan.agent("crew", "c", in: "t", 11, 29, operation: "invoke_workflow")
        crew.attributes["gen_ai.agent.name"] = nil
        trace.send([
            .agent("tug", "i", in: "c", 12, 28, failing: "sank"), crew, .tool("ask", "t", in: "a", 10, 30),
            .agent("pilot", "a", 0, 50, session: "talk-1"),
        ])
        #expect(trace.runs == [.init(session: "talk-1", agent: "pilot", end: "success")])
    }

    @Test func aNamelessAgentHasTheNameOfTheOneNamedAgentInIt() {
        var trace = MadeUpTrace(start)
        func open(_ id: String, in parent: String, _ kind: JSONValue, agent: JSONValue? = nil) -> MadeUpSpan {
            var span = MadeUpSpan.other(agent?.string ?? "Agent workflow", id, in: parent, 1, 40)
            span.attributes["openinference.span.kind"] = kind
            span.attributes["agent.name"] = agent
            return span
        }
        trace.send([
            open("l", in: "c", "AGENT", agent: "lookout"), open("c", in: "a", "CHAIN"),
            open("a", in: "", "AGENT"),
        ])
        #expect(trace.runs.map(\.agent) == ["lookout"])
    }

    // MARK: Tokens, waiting, repeats

    @Test func tokensAreCountedOnce() {
        var trace = MadeUpTrace(start)
        trace.send([
            .model("c", in: "1", 2, 40, tokens: 100),
            .agent("one", "1", in: "w", 1, 45, session: "talk-1", tokens: 100),
            .agent("two", "2", in: "w", 51, 95, session: "talk-1", tokens: 30),
            .agent("flow", "w", 0, 99, session: "talk-1", operation: "invoke_workflow", tokens: 130),
        ])
        #expect(trace.runs.map(\.tokens) == [130])
    }

    @Test func aSpanThatComesAgainCountsOnce() {
        var trace = MadeUpTrace(start)
        let spans: [MadeUpSpan] = [
            .model("c", in: "a", 2, 40, tokens: 100), .agent("ops", "a", 0, 50, session: "talk-1"),
        ]
        trace.send(spans)
        #expect(trace.send(spans).isEmpty)
    }
}
