"""Haystack's agent, instrumented by OpenInference."""

import scene
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import Tool
from haystack.utils import Secret
from openinference.instrumentation import using_attributes
from openinference.instrumentation.haystack import HaystackInstrumentor

HaystackInstrumentor().instrument(tracer_provider=scene.provider())
NOTHING = {"type": "object", "properties": {}}
REQUEST = {"type": "object", "properties": {"request": {"type": "string"}}, "required": ["request"]}


def ask_lookout(request):
    return agent("lookout").run(messages=[ChatMessage.from_user(request)])["messages"][-1].text


def agent(name):
    tools = [
        Tool("tide", "Looks up the tide.", NOTHING, scene.tide_now),
        Tool("crane", "Moves the crane.", NOTHING, scene.crane_now),
        Tool("dredge", "Dredges the harbour.", NOTHING, scene.dredge_now),
        Tool("ask_port", "Asks another port.", REQUEST, scene.ask_port_now)]
    if name == "pilot":
        tools.append(Tool("ask_lookout", "Asks the lookout.", REQUEST, ask_lookout))
    model = OpenAIChatGenerator(
        api_key=Secret.from_token("none"), model="tiny", api_base_url=scene.MODEL_URL, max_retries=0)
    return Agent(chat_generator=model, tools=tools)


async def run(words, part):
    with using_attributes(session_id=part.session, user_id=part.user):
        result = await agent(part.agent).run_async(messages=[ChatMessage.from_user(words)])
    return result["messages"][-1].text


scene.play(run)
