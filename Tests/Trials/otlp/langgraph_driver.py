"""LangChain's agents, which are graphs of LangGraph, instrumented by OpenInference."""

import sys

import scene
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, interrupt
from openinference.instrumentation import using_attributes
from openinference.instrumentation.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument(tracer_provider=scene.provider())
MODEL = ChatOpenAI(model="tiny", base_url=scene.MODEL_URL, api_key="none", max_retries=0)
MEMORY = InMemorySaver()


@tool
async def ask_lookout(request: str) -> str:
    """Asks the lookout."""
    return await ask(agent("lookout", []), {"messages": [("user", request)]}, {})


@tool
async def mooring() -> str:
    """Moors a ship."""
    return f"moored, {interrupt('may I?')}"


def agent(name, more):
    tools = [tool(made) for made in (scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port)]
    if name == "pilot":
        tools += [ask_lookout, mooring]
    return create_agent(MODEL, tools + more, name=name, checkpointer=MEMORY if name == "pilot" else None)


async def ask(graph, given, config):
    state = await graph.ainvoke(given, config)
    return state["messages"][-1].content if "__interrupt__" not in state else None


async def run(words, part):
    config = {"configurable": {"thread_id": part.session}, "metadata": {"user_id": part.user}}
    with using_attributes(session_id=part.session, user_id=part.user):
        graph = agent(part.agent, await buoys() if "buoy" in words else [])
        said = await ask(graph, {"messages": [("user", words)]}, config)
        if said is None:
            await scene.person()
            said = await ask(graph, Command(resume="yes"), config)
        return said


async def buoys():
    server = {"transport": "stdio", "command": sys.executable, "args": scene.BUOYS, "env": scene.BUOYS_ENVIRON}
    return await MultiServerMCPClient({"buoys": server}).get_tools()


scene.play(run)
