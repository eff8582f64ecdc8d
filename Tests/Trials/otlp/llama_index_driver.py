"""LlamaIndex's agent workflows, instrumented by OpenInference."""

import sys

import scene
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.tools import FunctionTool
from llama_index.core.workflow import Context, HumanResponseEvent, InputRequiredEvent
from llama_index.llms.openai_like import OpenAILike
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec
from openinference.instrumentation import using_attributes
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=scene.provider())


def model():
    return OpenAILike(
        model="tiny", api_base=scene.MODEL_URL, api_key="none", is_chat_model=True, is_function_calling_model=True,
        max_retries=0)


async def ask_lookout(request: str) -> str:
    """Asks the lookout."""
    return str(await agent("lookout").run(request))


async def mooring(ctx: Context) -> str:
    """Moors a ship."""
    answer = await ctx.wait_for_event(HumanResponseEvent, waiter_event=InputRequiredEvent(prefix="may I?"))
    return f"moored, {answer.response}"


def agent(name, more=(), others=None):
    tools = [FunctionTool.from_defaults(async_fn=made, name=made.__name__)
             for made in (scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port)]
    if name == "pilot":
        tools += [FunctionTool.from_defaults(async_fn=made) for made in (ask_lookout, mooring)]
    return FunctionAgent(
        name=name, description="works", tools=tools + list(more), llm=model(), streaming=False,
        can_handoff_to=others)


async def run(words, part):
    with using_attributes(session_id=part.session, user_id=part.user):
        if "transfer_to" in words:
            crew = [agent("pilot", others=["lookout"]), agent("lookout", others=[])]
            words = words.replace("transfer_to_lookout", "handoff=lookout")
            return str(await AgentWorkflow(agents=crew, root_agent="pilot").run(words))
        more = []
        if "buoy" in words:
            client = BasicMCPClient(sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON)
            more = await McpToolSpec(client).to_tool_list_async()
        handler = agent(part.agent, more).run(words)
        async for event in handler.stream_events():
            if isinstance(event, InputRequiredEvent):
                handler.ctx.send_event(HumanResponseEvent(response="yes"))
        return str(await handler)


scene.play(run)
