"""The libraries, their pinned packages, and the truth about each scenario.

A truth has one line for each run, in order of their starts: agent, end, tools, input tokens of all model calls.
`a|b` allows either, `-` is nothing, `*` is anything, and `crane!` is a call that failed. Where a library
sends the same spans for two things, its line allows what the spans can say, and a comment says why.
"""

import dataclasses

import harness

EXPORTER = ["opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"]
SLOW = "70 s tool"
CALMED = ["pilot success tide 200"]
TRUTH = {
    "tool": CALMED,
    "failing tool": ["pilot success crane! 200"],
    "model error": ["pilot error tide 100"],
    "agent in agent": ["pilot success ask_lookout,tide 400"],
    "slow agent in agent": ["pilot success ask_lookout,tide,tide 500"],
    "handoff": ["pilot success tide 300"],
    "interrupt": ["pilot interrupt mooring|- 100", "pilot success mooring 100"],
    "cancel": ["pilot cancelled dredge,tide|tide *"],
    SLOW: ["pilot success dredge,tide 300"],
    "two services": ["pilot success ask_port 200", "lookout success tide 200"],
    "MCP": ["pilot success buoy 200"],
}
SCENARIOS = list(TRUTH)


@dataclasses.dataclass
class Producer:
    """A library with an instrumentation; `truth` has what differs from `TRUTH`, None where it cannot be played.

    `users` and `sessions`: whether the spans name them.
    """

    name: str
    driver: str
    packages: list
    truth: dict = dataclasses.field(default_factory=dict)
    users: bool = True
    sessions: bool = True
    environ: dict = dataclasses.field(default_factory=dict)
    otel: list = dataclasses.field(default_factory=lambda: EXPORTER)
    key: str = ""

    def __post_init__(self):
        self.key = self.key or self.driver

    def install(self):
        self.bin = harness.environment("otlp-" + self.driver, self.packages + self.otel)
        return ", ".join(self.packages)

    def expected(self, scenario):
        return self.truth.get(scenario, TRUTH[scenario])


PRODUCERS = [
    Producer(
        "pydantic-ai", "pydantic_ai", ["pydantic-ai-slim[openai,mcp,logfire]==2.68.0", "fastmcp==4.2.3"],
        {
            "failing tool": ["pilot error crane! 100"],
            "handoff": None,
            # A run that asks for an approval ends well; nothing says that it waits.
            "interrupt": ["pilot success|interrupt - 100", "pilot success mooring 100"],
        },
        users=False),
    Producer(
        "openai-agents, OpenInference", "openai_agents",
        ["openai-agents==0.24.0", "openinference-instrumentation-openai-agents==2.6.0",
         "opentelemetry-instrumentation-openai-agents==0.62.4"],
        {
            word: [line.replace("pilot", "pilot|Agent_workflow", 1) for line in lines]
            for word, lines in {
                **TRUTH,
                "handoff": ["pilot success tide|handoff_to_lookout,tide 300"],
                # What a run does after an approval is not sent.
                "interrupt": ["pilot success|interrupt mooring|- 100"],
                # The spans of a cancelled run say OK, all of them.
                "cancel": ["pilot success|cancelled dredge,tide|tide *"]}.items()
        }),
    Producer(
        "openai-agents, Traceloop", "openai_agents",
        ["openai-agents==0.24.0", "openinference-instrumentation-openai-agents==2.6.0",
         "opentelemetry-instrumentation-openai-agents==0.62.4"],
        {
            word: [line.replace("pilot", "pilot|Agent_Workflow", 1) for line in lines]
            for word, lines in {
                **TRUTH,
                # The half after an approval is a trace of its own.
                "interrupt": ["pilot success|interrupt mooring|- 100", "pilot success mooring 100"],
                "cancel": ["pilot success|cancelled dredge,tide|tide *"]}.items()
        },
        users=False, sessions=False, environ={"INSTRUMENTATION": "traceloop"}, key="openai_agents_traceloop"),
    Producer(
        "LangGraph, OpenInference", "langgraph",
        ["langgraph==1.2.22", "langchain==1.5.0", "langchain-openai==1.7.4", "langchain-mcp-adapters==0.3.2",
         "openinference-instrumentation-langchain==0.1.80"],
        {"failing tool": ["pilot error crane! 100"], "handoff": None}),
    Producer(
        "strands", "strands", ["strands-agents[openai,otel]==1.62.0"],
        {
            "handoff": ["* success handoff_to_agent,tide 400"],
            # The agent's span has no status and no event, the steps below it say OK.
            "cancel": ["pilot success|cancelled dredge,tide *"],
        },
        # Its threading instrumentation has no release for 1.45.2.
        otel=[package.replace("1.45.2", "1.45.1") for package in EXPORTER]),
    Producer(
        "agno, OpenInference", "agno",
        ["agno==3.1.10", "openai==3.57.0", "fastmcp==4.2.3", "openinference-instrumentation-agno==1.0.15"],
        {
            "handoff": ["harbour success delegate_task_to_member,tide 400"],
            # A run that asks ends well, and its tool has no span when it is called after the answer.
            "interrupt": ["pilot success|interrupt - 100", "pilot success -|mooring 100"],
            # The tool has no span, and the agent's span has no status.
            "cancel": ["pilot success|cancelled tide *"],
        }),
    Producer(
        "smolagents, OpenInference", "smolagents",
        ["smolagents[openai,mcp]==1.26.0", "mcp==1.30.0", "websockets==17.4",
         "openinference-instrumentation-smolagents==0.1.43"],
        {
            **{
                word: [line.replace("pilot", "pilot|pilot.run").replace("lookout s", "lookout|lookout.run s")
                       for line in lines]
                for word, lines in {
                    "tool": ["pilot success final_answer,tide 200"],
                    "failing tool": ["pilot success crane!,final_answer 200"],
                    # The inner agent ends with a `final_answer` of its own.
                    "agent in agent": ["pilot success final_answer,final_answer,tide 400"],
                    "slow agent in agent": ["pilot success final_answer,final_answer,tide,tide 500"],
                    SLOW: ["pilot success dredge,final_answer,tide 300"],
                    "two services": [
                        "pilot success ask_port,final_answer 200", "lookout success final_answer,tide 200"],
                    "MCP": ["pilot success buoy,final_answer 200"]}.items()
            },
            # The agent's span is never sent.
            "model error": ["* error|lost|open tide *"],
            "handoff": None, "interrupt": None, "cancel": None,
        }),
    Producer(
        "ADK", "adk", ["google-adk==2.13.0", "mcp==2.3.0", "openai==3.57.0"],
        {
            "failing tool": ["pilot error crane! 100"],
            "agent in agent": ["pilot success ask_lookout,tide 400"],
            "handoff": ["pilot success tide|tide,transfer_to_agent 300"],
            # A tool that asks ends well, and a cancelled run's spans have no status.
            "interrupt": ["pilot success|interrupt mooring|- 100", "pilot success mooring 100"],
            "cancel": ["pilot success|cancelled dredge,tide *"],
        },
        users=False, otel=["opentelemetry-sdk==1.44.0", "opentelemetry-exporter-otlp-proto-http==1.44.0"]),
    Producer(
        "Agent Framework", "agent_framework",
        ["agent-framework-core==1.23.0", "agent-framework-openai==1.17.0", "mcp==2.3.0", "tenacity==9.2.1"],
        {
            "handoff": None,
            "interrupt": ["pilot success|interrupt - 100", "pilot success mooring 100"],
            "cancel": ["pilot success|cancelled dredge,tide *"],
        },
        users=False, sessions=False),
    Producer(
        "LlamaIndex, OpenInference", "llama_index",
        ["llama-index-core==0.14.25", "llama-index-llms-openai-like==0.8.1", "llama-index-tools-mcp==0.6.0",
         "openinference-instrumentation-llama-index==4.6.1"],
        {
            word: [
                line.replace("pilot", "pilot|FunctionAgent.run|AgentWorkflow.run")
                .replace("lookout s", "lookout|FunctionAgent.run s") for line in lines]
            for word, lines in {
                **TRUTH, "handoff": ["pilot success handoff,tide|tide 300"],
                # The tool waits by an exception, and is called again.
                "interrupt": ["pilot success mooring|mooring,mooring 200"],
                "cancel": ["pilot success|cancelled|error dredge,tide|tide *"]}.items()
        }),
    Producer(
        "Haystack, OpenInference", "haystack",
        ["haystack-ai==3.4.1", "openinference-instrumentation-haystack==0.1.46"],
        {
            # A tool has no span.
            **{
                word: [f"pilot|Agent.run_async {end} - {tokens}"]
                for word, end, tokens in (
                    ("tool", "success", 200), ("failing tool", "success", 200), ("model error", "error", 100),
                    ("agent in agent", "success", 400), ("slow agent in agent", "success", 500),
                    ("cancel", "success|cancelled", 200), (SLOW, "success", 300))
            },
            "two services": ["pilot|Agent.run_async success - 200", "lookout|Agent.run_async success - 200"],
            "handoff": None, "interrupt": None, "MCP": None,
        }),
    Producer(
        "CrewAI, OpenInference", "crewai",
        ["crewai==1.15.30", "openai==2.54.0", "openinference-instrumentation-crewai==1.1.21",
         "openinference-instrumentation-openai==0.1.66"],
        {
            **{
                word: [
                    line.replace("pilot", "pilot|pilot._execute_core")
                    .replace("lookout s", "lookout|lookout._execute_core s") for line in lines]
                for word, lines in {
                    **TRUTH,
                    # A crew tries its task three times.
                    "model error": ["pilot error tide,tide,tide 300"]}.items()
            },
            # A crew goes on after a cancel.
            "handoff": None, "interrupt": None, "cancel": None, "MCP": None,
        }),
    Producer(
        "AutoGen", "autogen", ["autogen-agentchat==0.7.5", "autogen-ext[openai,mcp]==0.7.5", "mcp==1.30.0"],
        {
            # Its model calls have no spans. A team goes on after a cancel.
            **{word: [line.rsplit(" ", 1)[0] + " 0" for line in lines] for word, lines in TRUTH.items()},
            "handoff": ["pilot success transfer_to_lookout|- 0", "lookout success tide 0"],
            "agent in agent": ["pilot success ask_lookout,tide 0"],
            "interrupt": None, "cancel": None,
        },
        users=False, sessions=False),
]
ALL = {producer.key: producer for producer in PRODUCERS}
