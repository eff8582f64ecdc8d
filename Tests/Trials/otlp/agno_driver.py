"""Agno, instrumented by OpenInference."""

import sys

import scene
from agno.agent import Agent
from agno.db.in_memory import InMemoryDb
from agno.models.openai import OpenAIChat
from agno.team import Team
from agno.tools import tool
from agno.tools.mcp import MCPTools
from openinference.instrumentation.agno import AgnoInstrumentor

AgnoInstrumentor().instrument(tracer_provider=scene.provider())


def model():
    return OpenAIChat(id="tiny", base_url=scene.MODEL_URL, api_key="none", max_retries=0)


async def ask_lookout(request: str) -> str:
    """Asks the lookout."""
    return (await agent("lookout").arun(request)).content


@tool(requires_confirmation=True)
async def mooring() -> str:
    """Moors a ship."""
    return "moored"


def agent(name, more=()):
    tools = [scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port, *more]
    if name == "pilot":
        tools += [ask_lookout, mooring]
    return Agent(name=name, model=model(), tools=tools, db=InMemoryDb(), telemetry=False)


async def run(words, part):
    about = {"session_id": part.session, "user_id": part.user}
    if "transfer_to" in words:
        team = Team(name="harbour", members=[agent("lookout")], model=model(), telemetry=False)
        words = words.replace("transfer_to_lookout tide", "delegate_task_to_member=lookout:tide")
        return (await team.arun(words, **about)).content
    if "buoy" in words:
        async with MCPTools(command=f"{sys.executable} {scene.BUOYS[0]}", env=scene.BUOYS_ENVIRON) as buoys:
            return (await agent(part.agent, [buoys]).arun(words, **about)).content
    worker = agent(part.agent)
    result = await worker.arun(words, **about)
    if result.is_paused:
        for asked in result.tools_requiring_confirmation:
            asked.confirmed = True
        result = await worker.acontinue_run(run_id=result.run_id, updated_tools=result.tools, **about)
    if result.status == "ERROR":
        raise RuntimeError(result.content)
    return result.content


scene.play(run)
