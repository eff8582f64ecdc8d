import Testing
import WireProtocol

@testable import Dialects

/// One test for each agent library, and for each convention.
@Suite struct AgentLibraryTests {
    @Test func strands() {
        for word in ["invoke_graph", "invoke_swarm"] {
            let group = meaning(
                word, ["gen_ai.operation.name": .string(word), "gen_ai.system": "strands-agents"])
            #expect((group.kind, group.agent) == (.workflow, word))
        }
        let cycle = meaning("execute_event_loop_cycle", ["gen_ai.operation.name": "execute_event_loop_cycle"])
        #expect(cycle.kind == .other)
        let cancelled = meaning(
            "invoke_agent clerk",
            ["gen_ai.operation.name": "invoke_agent", "strands.cancellation.type": "CancelledError"])
        #expect((cancelled.outcome, cancelled.agent) == (.cancelled, "clerk"))
    }

    @Test func haystack() {
        let pipeline = meaning("haystack.pipeline.run", ["haystack.pipeline.max_runs_per_component": 100])
        #expect(pipeline.kind == .workflow)
        #expect(meaning("haystack.agent.run", [:]).kind == .agent)
        let component = meaning("haystack.component.run", ["haystack.component.name": "ranker"])
        #expect((component.kind, component.agent) == (.chain, nil))
        let tool = meaning(
            "haystack.agent.step.tool", ["haystack.tool.name": "weigh", "haystack.tool.error": true])
        #expect((tool.kind, tool.tool, tool.outcome) == (.tool, "weigh", .failed("error")))
        #expect(meaning("haystack.agent.step.llm", [:]).kind == .model)
    }

    @Test func agentFramework() {
        let run = meaning(
            "workflow.run", ["workflow.name": "night-shift", "error.type": "OSError"],
            scope: "agent_framework",
            status: .error)
        #expect((run.kind, run.agent, run.outcome) == (.workflow, "night-shift", .failed("OSError")))
        let step = meaning("executor.process second", ["executor.id": "second"], scope: "agent_framework")
        #expect(step.kind == .chain)
        #expect(meaning("workflow.build", [:], scope: "agent_framework").kind == .other)
        #expect(meaning("edge_group.process SingleEdgeGroup", [:], scope: "agent_framework").kind == .other)
    }

    @Test func autogen() {
        let agent = meaning(
            "invoke_agent first",
            [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.system": "autogen",
                "gen_ai.agent.name": "first",
            ],
            scope: "autogen-core")
        #expect((agent.kind, agent.agent) == (.agent, "first"))
        let made = meaning(
            "create_agent first", ["gen_ai.operation.name": "create_agent"], scope: "autogen-core")
        #expect(made.kind == .other)
        let post = meaning(
            "autogen publish topic", ["messaging.operation": "publish"], scope: "autogen Runtime")
        #expect(post.kind == .other)
    }

    @Test func googleADK() {
        let root = meaning("invocation", [:], scope: "gcp.vertex.agent")
        #expect(root.kind == .workflow)
        #expect(meaning("invocation", [:]).kind == .other)
        let call = meaning(
            "call_llm", ["gcp.vertex.agent.session_id": "ticket-1", "gen_ai.request.model": "tiny"],
            scope: "gcp.vertex.agent")
        #expect((call.kind, call.session) == (.model, "ticket-1"))
        let flow = meaning(
            "invoke_workflow desk",
            ["gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "desk"])
        #expect((flow.kind, flow.agent) == (.workflow, "desk"))
    }

    @Test func openAIAgents() {
        for word in ["handoff", "agent_handoff"] {
            let handoff = meaning(
                "x",
                [
                    "gen_ai.operation.name": .string(word), "gen_ai.handoff.from_agent": "desk",
                    "gen_ai.handoff.to_agent": "clerk", "gen_ai.agent.name": "desk",
                ])
            #expect((handoff.kind, handoff.agent) == (.handoff, "clerk"))
        }
        let traced = meaning(
            "handoff to clerk", ["openinference.span.kind": "TOOL", "output.value": "clerk"])
        #expect((traced.kind, traced.agent, traced.tool) == (.handoff, "clerk", nil))
    }

    @Test func llamaIndex() {
        let scope = "llamaindex.opentelemetry.tracer"
        #expect(meaning("AgentWorkflow.run", [:], scope: scope).kind == .workflow)
        #expect(meaning("FunctionAgent.run", [:], scope: scope).kind == .agent)
        #expect(meaning("FunctionTool.acall", [:], scope: scope).kind == .tool)
        #expect(meaning("AgentWorkflow.run", [:]).kind == .other)
    }

    @Test func crewAI() {
        let crew = meaning(
            "night.kickoff", ["openinference.span.kind": "CHAIN"],
            scope: "openinference.instrumentation.crewai")
        #expect((crew.kind, crew.agent) == (.workflow, "night"))
        let agent = meaning(
            "clerk._execute_core", ["openinference.span.kind": "AGENT", "agent.name": "clerk"],
            scope: "openinference.instrumentation.crewai")
        #expect((agent.kind, agent.agent) == (.agent, "clerk"))
        #expect(meaning("night.kickoff", ["openinference.span.kind": "CHAIN"]).kind == .chain)
    }

    @Test func smolagents() {
        let scope = "openinference.instrumentation.smolagents"
        let agent = meaning("CodeAgent.run", ["openinference.span.kind": "AGENT"], scope: scope)
        #expect((agent.kind, agent.agent) == (.agent, "CodeAgent.run"))
        #expect(meaning("Step 1", ["openinference.span.kind": "CHAIN"], scope: scope).kind == .chain)
    }

    @Test func mcp() {
        let server = meaning(
            "tools/call weigh", ["mcp.method.name": "tools/call", "error.type": "tool_error"], status: .error)
        #expect((server.kind, server.tool, server.outcome) == (.tool, "weigh", .failed("tool_error")))
        #expect(meaning("MCP send tools/call weigh", ["mcp.method.name": "tools/call"]).tool == "weigh")
        #expect(meaning("tools/list", ["mcp.method.name": "tools/list"]).kind == .other)
    }

    @Test func openInference() {
        let tool = meaning(
            "ask_agent",
            [
                "openinference.span.kind": "AGENT", "tool.name": "ask_agent", "tool_call.id": "call-1",
                "tool.parameters": #"{"q":1}"#,
            ])
        #expect((tool.kind, tool.tool, tool.callID) == (.tool, "ask_agent", "call-1"))
        #expect(tool.arguments == #"{"q":1}"#)
        let model = meaning(
            "ChatFake",
            [
                "openinference.span.kind": "LLM", "llm.model_name": "tiny-8", "llm.provider": "made-up",
                "llm.token_count.prompt": 20, "llm.token_count.completion": 5,
                "llm.token_count.prompt_details.cache_read": 8,
                "llm.token_count.completion_details.reasoning": 2, "llm.cost.total": 0.5,
                "metadata": #"{"user_id":"bo","thread_id":"ticket-2"}"#,
            ])
        #expect((model.kind, model.user, model.session) == (.model, "bo", "ticket-2"))
        #expect((model.usage?.provider, model.usage?.cost) == ("made-up", 0.5))
        #expect(tokens(model.usage) == [20, 5, 8, 2])
        #expect(meaning("e", ["openinference.span.kind": "EMBEDDING"]).kind == .embedding)
        #expect(meaning("r", ["openinference.span.kind": "RETRIEVER"]).kind == .other)
    }

    @Test func traceloop() {
        let task = meaning(
            "step.task",
            [
                "traceloop.span.kind": "task", "traceloop.entity.name": "step",
                "traceloop.association.properties.session_id": "ticket-1",
                "traceloop.association.properties.customer_id": "bo",
            ])
        #expect((task.kind, task.agent, task.session, task.user) == (.chain, nil, "ticket-1", "bo"))
        let agent = meaning(
            "clerk.agent", ["traceloop.span.kind": "agent", "traceloop.entity.name": "clerk"])
        #expect((agent.kind, agent.agent) == (.agent, "clerk"))
        #expect(meaning("fake.chat", ["llm.request.type": "chat"]).kind == .model)
    }

    @Test func genAI() {
        let model = meaning(
            "chat tiny",
            [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "tiny",
                "gen_ai.response.model": "tiny-0",
                "gen_ai.system": "made-up", "gen_ai.usage.prompt_tokens": 3,
                "gen_ai.usage.completion_tokens": 1,
                "gen_ai.usage.cache_read.input_tokens": 2, "gen_ai.usage.reasoning.output_tokens": 1,
                "gen_ai.conversation.id": "ticket-1", "session.id": "other", "enduser.id": "bo",
            ])
        #expect((model.kind, model.session, model.user) == (.model, "ticket-1", "bo"))
        #expect((model.usage?.model, model.usage?.provider) == ("tiny-0", "made-up"))
        #expect(tokens(model.usage) == [3, 1, 2, 1])
        let tool = meaning(
            "execute_tool weigh",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "call-9",
                "gen_ai.tool.call.arguments": ["a": 1],
            ])
        #expect((tool.tool, tool.callID, tool.arguments) == ("weigh", "call-9", #"{"a":1}"#))
        #expect(meaning("e", ["gen_ai.operation.name": "embeddings"]).kind == .embedding)
        #expect(meaning("invoke_agent clerk", [:]).agent == "clerk")
        #expect(meaning("execute_tool weigh", [:]).tool == "weigh")
    }
}
