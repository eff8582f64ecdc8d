"""smolagents, instrumented by OpenInference. It has no handoffs, no questions to people and no user's cancel."""

import asyncio
import sys

import scene
from mcp import StdioServerParameters
from openinference.instrumentation import using_attributes
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIModel, ToolCallingAgent, ToolCollection, tool

SmolagentsInstrumentor().instrument(tracer_provider=scene.provider())


def agent(name, more=()):
    tools = [tool(made) for made in (tide, crane, dredge, ask_port)]
    model = OpenAIModel(model_id="tiny", api_base=scene.MODEL_URL, api_key="none")
    crew = [agent("ask_lookout")] if name == "pilot" else []
    return ToolCallingAgent(
        tools=tools + list(more), model=model, name=name, description="Works in the harbour.", managed_agents=crew,
        verbosity_level=0, max_steps=6)


def tide() -> str:
    """Looks up the tide."""
    return scene.tide_now()


def crane() -> str:
    """Moves the crane."""
    return scene.crane_now()


def dredge() -> str:
    """Dredges the harbour."""
    return scene.dredge_now()


def ask_port(request: str) -> str:
    """Asks another port.

    Args:
        request: what to ask
    """
    return scene.ask_port_now(request)


def work(words, part, more=()):
    with using_attributes(session_id=part.session, user_id=part.user):
        return agent(part.agent, more).run(words)


async def run(words, part):
    if "buoy" not in words:
        return await asyncio.to_thread(work, words, part)
    command = StdioServerParameters(command=sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON)
    with ToolCollection.from_mcp(command, trust_remote_code=True) as buoys:
        return await asyncio.to_thread(work, words, part, buoys.tools)


scene.play(run)
