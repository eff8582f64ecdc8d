import Testing
import WireProtocol

@testable import Dialects

/// One test for each SDK that observes other libraries.
@Suite struct ObservabilitySDKTests {
    @Test func langfuse() {
        let model = meaning(
            "draft-reply",
            [
                "langfuse.observation.type": "generation", "session.id": "ticket-88", "user.id": "noor",
                "langfuse.observation.model.name": "tiny-1",
                "langfuse.observation.usage_details":
                    #"{"prompt_tokens":70,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":30}}"#,
                "langfuse.observation.cost_details": #"{"input":0.25,"output":0.5}"#,
            ])
        #expect((model.kind, model.session, model.user) == (.model, "ticket-88", "noor"))
        #expect(tokens(model.usage) == [70, 7, 30, nil])
        #expect((model.usage?.cost, model.usage?.model) == (0.75, "tiny-1"))
        let flat = #"{"input":5,"output":1,"input_cached_tokens":2,"output_reasoning_tokens":1,"total":0}"#
        let own = meaning("x", ["langfuse.observation.usage_details": .string(flat)])
        #expect(tokens(own.usage) == [5, 1, 2, 1])
        let tool = meaning("find order", ["langfuse.observation.type": "tool"])
        #expect((tool.kind, tool.tool) == (.tool, "find order"))
        let agent = meaning("helpdesk", ["langfuse.observation.type": "agent"])
        #expect((agent.kind, agent.agent) == (.agent, "helpdesk"))
        let failed = meaning(
            "find order",
            [
                "langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR",
                "langfuse.observation.status_message": "no such order",
            ])
        #expect(failed.outcome == .failed("no such order"))
        #expect(meaning("x", ["langfuse.observation.type": "span"]).kind == .chain)
    }

    @Test func langsmith() {
        let root = meaning(
            "helpdesk",
            [
                "langsmith.span.kind": "chain", "gen_ai.operation.name": "chain",
                "langsmith.trace.session_name": "my-project", "langsmith.metadata.thread_id": "ticket-9",
                "langsmith.metadata.user_id": 31,
            ])
        #expect((root.kind, root.session, root.user) == (.chain, "ticket-9", "31"))
        for (word, operation) in [("retriever", "embeddings"), ("prompt", "chat")] {
            let span = meaning(
                "x", ["langsmith.span.kind": .string(word), "gen_ai.operation.name": .string(operation)])
            #expect(span.kind == .other)
        }
        let model = meaning(
            "ChatFake",
            [
                "langsmith.span.kind": "llm", "gen_ai.usage.input_tokens": 12,
                "gen_ai.usage.output_tokens": 3,
                "langsmith.metadata.usage_metadata":
                    #"{"input_tokens":12,"input_token_details":{"cache_read":4},"output_token_details":{"reasoning":2}}"#,
                "gen_ai.usage.input_token_details": "{'cache_read': 99}",
            ])
        #expect(model.kind == .model)
        #expect(tokens(model.usage) == [12, 3, 4, 2])
        let tool = meaning(
            "book", ["langsmith.span.kind": "tool", "gen_ai.tool.name": "book"], status: .error,
            exception: TelemetryException(
                type: "Exception", message: "ValueError('full')Traceback (most recent call last):\n x"))
        #expect(tool.outcome == .failed("Exception: ValueError('full')"))
    }

    @Test func lmnr() {
        let root = meaning(
            "answer",
            [
                "lmnr.span.type": "DEFAULT", "lmnr.association.properties.session_id": "ticket-4",
                "lmnr.association.properties.user_id": "ines",
            ])
        #expect((root.kind, root.session, root.user) == (.chain, "ticket-4", "ines"))
        let model = meaning(
            "fake.chat",
            [
                "lmnr.span.type": "LLM", "gen_ai.request.model": "tiny-2", "gen_ai.usage.input_tokens": 9,
                "gen_ai.usage.output_tokens": 2, "gen_ai.usage.cache_read_input_tokens": 5,
                "gen_ai.usage.cost": 0.125,
            ])
        #expect((model.kind, model.usage?.cost) == (.model, 0.125))
        #expect(tokens(model.usage) == [9, 2, 5, nil])
        #expect(meaning("weigh", ["lmnr.span.type": "TOOL"]).tool == "weigh")
    }

    @Test func mlflow() {
        let agent = meaning(
            "router", ["mlflow.spanType": #""AGENT""#, "mlflow.spanFunctionName": #""route""#])
        #expect((agent.kind, agent.agent) == (.agent, "router"))
        let model = meaning(
            "Completions",
            [
                "mlflow.spanType": #""CHAT_MODEL""#, "mlflow.llm.model": #""tiny-3""#,
                "mlflow.chat.tokenUsage":
                    #"{"input_tokens":40,"output_tokens":4,"total_tokens":44,"cache_read_input_tokens":8}"#,
                "mlflow.llm.cost": #"{"input_cost":0.5,"output_cost":0.25,"total_cost":0.75}"#,
                "session.id": "ticket-2", "user.id": "joao",
            ])
        #expect((model.kind, model.usage?.model, model.usage?.cost) == (.model, "tiny-3", 0.75))
        #expect((model.session, model.user) == ("ticket-2", "joao"))
        #expect(tokens(model.usage) == [40, 4, 8, nil])
        #expect(meaning("weigh", ["mlflow.spanType": #""TOOL""#]).kind == .tool)
    }

    @Test func braintrust() {
        let model = meaning(
            "Chat Completion",
            [
                "braintrust.span_attributes": #"{"type":"llm","name":"Chat Completion"}"#,
                "braintrust.metadata": #"{"model":"tiny-4","session_id":"ticket-6","user_id":"li"}"#,
                "braintrust.metrics": #"{"prompt_tokens":11,"completion_tokens":1,"prompt_cached_tokens":6}"#,
            ])
        #expect((model.kind, model.session, model.user) == (.model, "ticket-6", "li"))
        #expect(model.usage?.model == "tiny-4")
        #expect(tokens(model.usage) == [11, 1, 6, nil])
        let tool = meaning("span", ["braintrust.span_attributes": #"{"type":"tool","name":"weigh"}"#])
        #expect((tool.kind, tool.tool) == (.tool, "weigh"))
        #expect(meaning("answer", ["braintrust.span_attributes": #"{"type":"task"}"#]).kind == .chain)
    }

    @Test func agentops() {
        let root = meaning(
            "support.session",
            [
                "agentops.span.kind": "session", "session_id": "ticket-5", "user_id": "kofi",
                "operation.name": "support",
            ])
        #expect((root.kind, root.session, root.user) == (.workflow, "ticket-5", "kofi"))
        let agent = meaning("Clerk.agent", ["agentops.span.kind": "agent", "operation.name": "Clerk"])
        #expect((agent.kind, agent.agent) == (.agent, "Clerk"))
        let tool = meaning("weigh.tool", ["agentops.span.kind": "tool", "operation.name": "weigh"])
        #expect((tool.kind, tool.tool) == (.tool, "weigh"))
        let model = meaning(
            "fake.chat",
            [
                "gen_ai.request.type": "chat", "gen_ai.request.model": "tiny-5",
                "gen_ai.usage.prompt_tokens": 8,
                "gen_ai.usage.completion_tokens": 2,
            ], scope: "agentops")
        #expect(model.kind == .model)
        #expect(tokens(model.usage) == [8, 2, nil, nil])
        // Without the SDK these names are anybody's.
        #expect(meaning("GET /", ["session_id": "a", "user_id": "b"]).session == nil)
    }

    @Test func respan() {
        let root = meaning(
            "request.workflow",
            [
                "traceloop.span.kind": "workflow", "traceloop.entity.name": "request",
                "respan.sessions.session_identifier": "ticket-7", "respan.threads.thread_identifier": "other",
                "respan.customer_params.customer_identifier": "aiko",
            ])
        #expect(
            (root.kind, root.agent, root.session, root.user) == (.workflow, "request", "ticket-7", "aiko"))
        #expect(meaning("x", ["respan.entity.log_type": "generation"]).kind == .model)
    }

    @Test func keywordsAI() {
        let root = meaning(
            "workflow",
            [
                "traceloop.span.kind": "workflow", "traceloop.entity.name": "request",
                "keywordsai.threads.thread_identifier": "ticket-3",
                "keywordsai.customer_params.customer_identifier": "sam",
            ])
        #expect((root.session, root.user) == ("ticket-3", "sam"))
        let tool = meaning("tool.weigh", ["traceloop.span.kind": "tool", "traceloop.entity.name": "weigh"])
        #expect((tool.kind, tool.tool) == (.tool, "weigh"))
    }

    @Test func ddtrace() {
        let agent = meaning("agent", ["gen_ai.operation.name": "agent", "operation.name": "clerk"])
        #expect((agent.kind, agent.agent) == (.agent, "clerk"))
        let tool = meaning("tool", ["gen_ai.operation.name": "tool", "operation.name": "weigh"])
        #expect((tool.kind, tool.tool) == (.tool, "weigh"))
        let model = meaning(
            "createCompletion",
            [
                "gen_ai.operation.name": "llm", "_dd.llmobs.input_tokens": 6, "_dd.llmobs.output_tokens": 1,
                "gen_ai.usage.reasoning_output_tokens": 1, "gen_ai.usage.cache_read_input_tokens": 3,
            ])
        #expect(model.kind == .model)
        #expect(tokens(model.usage) == [6, 1, 3, 1])
        let failed = meaning(
            "tool", ["gen_ai.operation.name": "tool", "error.type": "builtins.OSError"], status: .error,
            "disk full")
        #expect(failed.outcome == .failed("builtins.OSError: disk full"))
    }

    @Test func logfire() {
        let pending = meaning(
            "chat tiny-6",
            [
                "logfire.span_type": "pending_span", "logfire.pending_parent_id": "1535C48DCA19D177",
                "gen_ai.operation.name": "chat", "session.id": "[Scrubbed due to 'session']",
                "gen_ai.conversation.id": "ticket-1",
            ])
        #expect(pending.pending == .init(spanID: "00f067aa0ba902b7", parentID: "1535c48dca19d177"))
        #expect((pending.kind, pending.session) == (.model, "ticket-1"))
        let root = meaning(
            "x", ["logfire.span_type": "pending_span", "logfire.pending_parent_id": "0000000000000000"])
        #expect(root.pending?.parentID == "")
        #expect(meaning("x", ["logfire.span_type": "span"]).pending == nil)
        let handoff = meaning(
            "Handoff: A → B", ["from_agent": "A", "to_agent": "B"], scope: "logfire.openai_agents")
        #expect((handoff.kind, handoff.agent) == (.handoff, "A → B"))
        #expect(meaning("x", ["logfire.level_num": 17]).outcome == .failed("error"))
        #expect(meaning("x", ["logfire.level_num": 13]).outcome == .succeeded)
        let priced = meaning("chat", ["gen_ai.usage.input_tokens": 1, "operation.cost": 0.5])
        #expect(priced.usage?.cost == 0.5)
    }

    @Test func openLIT() {
        let model = meaning(
            "chat tiny-7",
            [
                "gen_ai.operation.name": "chat", "gen_ai.usage.cost": 0.5, "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.cache_read.input_tokens": 4, "session.id": "ticket-8", "user.id": "rosa",
            ], scope: "openlit.instrumentation.openai")
        #expect((model.kind, model.session, model.user) == (.model, "ticket-8", "rosa"))
        #expect((model.usage?.cost, model.usage?.cachedInput) == (0.5, 4))
        #expect(meaning("x", ["gen_ai.operation.name": "execute_task"]).kind == .chain)
    }
}
