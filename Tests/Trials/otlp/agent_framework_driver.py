"""Microsoft's Agent Framework with its own instrumentation."""

import sys

import scene
from agent_framework import Agent, MCPStdioTool, Message, tool
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatCompletionClient

scene.provider()
enable_instrumentation()
CLIENT = OpenAIChatCompletionClient(model="tiny", base_url=scene.MODEL_URL, api_key="none")


@tool(approval_mode="always_require")
async def mooring() -> str:
    """Moors a ship."""
    return "moored"


def agent(name, more=()):
    made = (scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port)
    tools = [tool(function, approval_mode="never_require") for function in made]
    if name == "pilot":
        tools += [agent("lookout").as_tool(name="ask_lookout", arg_name="request"), mooring]
    return Agent(client=CLIENT, name=name, tools=tools + list(more))


async def run(words, part):
    if "buoy" in words:
        async with MCPStdioTool(
                name="buoys", command=sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON) as buoys:
            return (await agent(part.agent, [buoys]).run(words)).text
    worker = agent(part.agent)
    session = worker.create_session(session_id=part.session)
    result = await worker.run(words, session=session)
    if result.user_input_requests:
        answers = [request.to_function_approval_response(True) for request in result.user_input_requests]
        result = await worker.run(Message("user", answers), session=session)
    return result.text


scene.play(run)
