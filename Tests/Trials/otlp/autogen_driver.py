"""AutoGen's agents and teams with their own instrumentation."""

import sys

import scene
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination, TextMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat, Swarm
from autogen_agentchat.tools import AgentTool
from autogen_core.models import ModelInfo
from autogen_ext.models.openai import OpenAIChatCompletionClient
from autogen_ext.tools.mcp import StdioServerParams, mcp_server_tools

scene.provider()
INFO = ModelInfo(
    vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False)


def model():
    return OpenAIChatCompletionClient(
        model="tiny", base_url=scene.MODEL_URL, api_key="none", model_info=INFO, max_retries=0)


def agent(name, more=(), others=None):
    tools = [scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port, *more]
    if name == "pilot" and not others:
        tools.append(AgentTool(agent("ask_lookout")))
    return AssistantAgent(
        name, model(), tools=tools, handoffs=others, description="works", reflect_on_tool_use=True,
        max_tool_iterations=5)


async def run(words, part):
    more = []
    if "transfer_to" in words:
        crew = [agent("pilot", others=["lookout"]), agent("lookout")]
        team = Swarm(crew, termination_condition=TextMessageTermination("lookout"))
    else:
        if "buoy" in words:
            more = await mcp_server_tools(
                StdioServerParams(command=sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON))
        team = RoundRobinGroupChat(
            [agent(part.agent, more)],
            termination_condition=MaxMessageTermination(9) | TextMessageTermination(part.agent))
    return (await team.run(task=words)).messages[-1].to_text()


scene.play(run)
