"""openai-agents, instrumented by OpenInference, or by Traceloop with INSTRUMENTATION=traceloop."""

import os
import sys

import scene
from agents import Agent, OpenAIProvider, RunConfig, Runner, function_tool, set_tracing_disabled
from agents.mcp import MCPServerStdio
from openinference.instrumentation import using_attributes

provider = scene.provider()
if os.environ.get("INSTRUMENTATION") == "traceloop":
    from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor
else:
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
MODELS = OpenAIProvider(base_url=scene.MODEL_URL, api_key="none")


def mooring() -> str:
    """Moors a ship."""
    return "moored"


def agent(name, servers):
    tools = [function_tool(made) for made in (scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port)]
    if name != "pilot":
        return Agent(name=name, model="tiny", tools=tools)
    lookout = agent("lookout", [])
    tools.append(lookout.as_tool("ask_lookout", "Asks the lookout.", run_config=RunConfig(model_provider=MODELS)))
    tools.append(function_tool(mooring, needs_approval=True))
    return Agent(name=name, model="tiny", tools=tools, handoffs=[lookout], mcp_servers=servers)


async def run(words, part):
    config = RunConfig(model_provider=MODELS, group_id=part.session, trace_metadata={"user_id": part.user})
    with using_attributes(session_id=part.session, user_id=part.user):
        if "buoy" not in words:
            return await work(agent(part.agent, []), words, config)
        command = {"command": sys.executable, "args": scene.BUOYS, "env": scene.BUOYS_ENVIRON}
        async with MCPServerStdio(command) as server:
            return await work(agent(part.agent, [server]), words, config)


async def work(worker, words, config):
    result = await Runner.run(worker, words, run_config=config)
    if result.interruptions:
        await scene.person()
        state = result.to_state()
        for question in result.interruptions:
            state.approve(question)
        result = await Runner.run(worker, state, run_config=config)
    return result.final_output


scene.play(run)
