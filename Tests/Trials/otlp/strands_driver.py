"""Strands Agents with its own instrumentation."""

import sys

import openai.resources.chat  # noqa: F401  (else the first call imports it, for seconds)
import scene
from mcp import StdioServerParameters, stdio_client
from strands import Agent, ToolContext, tool
from strands.models.openai import OpenAIModel
from strands.multiagent import Swarm
from strands.tools.mcp import MCPClient

scene.provider()


def model():
    return OpenAIModel(client_args={"base_url": scene.MODEL_URL, "api_key": "none", "max_retries": 0}, model_id="tiny")


def agent(name, about, more=()):
    tools = [tool(made) for made in (scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port)] + list(more)
    if name == "pilot":
        # The inner agent's conversation is its own.
        inner = {**about, "session.id": "inner-" + about["session.id"]}

        @tool
        async def ask_lookout(request: str) -> str:
            """Asks the lookout."""
            return str(await agent("lookout", inner).invoke_async(request))

        @tool(context=True)
        def mooring(tool_context: ToolContext) -> str:
            """Moors a ship."""
            return f"moored, {tool_context.interrupt('may-i', reason='may I?')}"

        tools += [ask_lookout, mooring]
    return Agent(name=name, model=model(), tools=tools, trace_attributes=about, callback_handler=None)


async def run(words, part):
    about = {"session.id": part.session, "user.id": part.user}
    if "transfer_to" in words:
        pilot, lookout = agent("pilot", about), agent("lookout", about)
        swarm = Swarm([pilot, lookout], trace_attributes=about)
        return await swarm.invoke_async(words.replace("transfer_to_lookout tide", "handoff_to_agent=lookout:tide"))
    if "buoy" in words:
        command = StdioServerParameters(command=sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON)
        with MCPClient(lambda: stdio_client(command)) as client:
            return await agent(part.agent, about, client.list_tools_sync()).invoke_async(words)
    worker = agent(part.agent, about)
    result = await worker.invoke_async(words)
    if result.stop_reason == "interrupt":
        answers = [{"interruptResponse": {"interruptId": asked.id, "response": "yes"}} for asked in result.interrupts]
        result = await worker.invoke_async(answers)
    return str(result)


scene.play(run)
