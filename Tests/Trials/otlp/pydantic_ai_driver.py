"""pydantic-ai with its own instrumentation; LOGFIRE_PENDING=1 adds logfire's spans of what has begun."""

import sys

import scene
from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults, RunContext
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

Agent.instrument_all(InstrumentationSettings(tracer_provider=scene.provider()))
MODEL = OpenAIChatModel("tiny", provider=OpenAIProvider(base_url=scene.MODEL_URL, api_key="none"))


def buoys():
    return MCPToolset(StdioTransport(sys.executable, scene.BUOYS, env=scene.BUOYS_ENVIRON))


def agent(name, words):
    tools = [scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port]
    made = Agent(
        MODEL, name=name, tools=tools, output_type=[str, DeferredToolRequests],
        toolsets=[buoys()] if "buoy" in words else [])
    if name == "pilot":

        @made.tool
        async def ask_lookout(ctx: RunContext, request: str) -> str:
            return (await agent("lookout", request).run(request, usage=ctx.usage)).output

        @made.tool_plain(requires_approval=True)
        async def mooring() -> str:
            return "moored"

    return made


async def run(words, part):
    worker = agent(part.agent, words)
    about = {"conversation_id": part.session, "metadata": {"user.id": part.user}}
    result = await worker.run(words, **about)
    if isinstance(result.output, DeferredToolRequests):
        await scene.person()
        approved = DeferredToolResults(approvals={call.tool_call_id: True for call in result.output.approvals})
        result = await worker.run(
            message_history=result.all_messages(), deferred_tool_results=approved, **about)
    return result.output


scene.play(run)
