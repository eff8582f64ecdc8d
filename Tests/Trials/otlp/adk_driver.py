"""Google's ADK with its own instrumentation."""

import json
import sys

import openai
import scene
from google.adk.agents import Agent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.adk.tools import FunctionTool
from google.adk.tools.agent_tool import AgentTool
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from google.genai import types
from mcp import StdioServerParameters

scene.provider()
CLIENT = openai.AsyncOpenAI(base_url=scene.MODEL_URL, api_key="none", max_retries=0)


class Words(BaseLlm):
    """Asks the model server, as ADK's own bridge to other models does."""

    async def generate_content_async(self, llm_request, stream=False):
        messages = []
        for content in llm_request.contents:
            for part in content.parts or []:
                if part.function_call:
                    call = {"name": part.function_call.name, "arguments": json.dumps(part.function_call.args)}
                    messages.append({"role": "assistant", "tool_calls": [
                        {"id": part.function_call.id or "c", "type": "function", "function": call}]})
                elif part.function_response:
                    messages.append({"role": "tool", "tool_call_id": part.function_response.id or "c", "content": "x"})
                elif part.text:
                    messages.append({"role": "user" if content.role == "user" else "assistant", "content": part.text})
        tools = []
        for name, tool in llm_request.tools_dict.items():
            declared = tool._get_declaration()
            schema = declared.parameters_json_schema or (
                json.loads(declared.parameters.model_dump_json(exclude_none=True)) if declared.parameters else {})
            for field in (schema.get("properties") or {}).values():
                field["type"] = str(field.get("type", "string")).lower()
            tools.append({"type": "function", "function": {"name": name, "parameters": schema}})
        answer = await CLIENT.chat.completions.create(model="tiny", messages=messages, tools=tools or openai.omit)
        message, used = answer.choices[0].message, answer.usage
        usage = types.GenerateContentResponseUsageMetadata(
            prompt_token_count=used.prompt_tokens, candidates_token_count=used.completion_tokens,
            cached_content_token_count=40, total_token_count=used.total_tokens)
        parts = [types.Part(text=message.content)] if message.content else [
            types.Part(function_call=types.FunctionCall(
                id=call.id, name=call.function.name, args=json.loads(call.function.arguments)))
            for call in message.tool_calls]
        yield LlmResponse(content=types.Content(role="model", parts=parts), usage_metadata=usage)


async def mooring() -> str:
    """Moors a ship."""
    return "moored"


def agent(name, words="", tools=()):
    made = [scene.tide, scene.crane, scene.dredge, scene.winch, scene.ask_port, *tools]
    crew = []
    if name == "pilot":
        made += [AgentTool(agent("ask_lookout")), FunctionTool(mooring, require_confirmation=True)]
        crew = [agent("lookout")] if "transfer" in words else []
    return Agent(name=name, description="works", model=Words(model="tiny"), tools=made, sub_agents=crew)


async def run(words, part):
    tools = []
    if "buoy" in words:
        command = StdioServerParameters(command=sys.executable, args=scene.BUOYS, env=scene.BUOYS_ENVIRON)
        tools = [McpToolset(connection_params=StdioConnectionParams(server_params=command, timeout=60))]
    words = words.replace("transfer_to_lookout", "transfer_to_agent=lookout")
    runner = InMemoryRunner(agent(part.agent, words, tools), app_name="harbour")
    await runner.session_service.create_session(app_name="harbour", user_id=part.user, session_id=part.session)
    said, asked = await turn(runner, part, types.Part(text=words))
    if asked:
        answer = types.FunctionResponse(id=asked.id, name=asked.name, response={"confirmed": True})
        said, _ = await turn(runner, part, types.Part(function_response=answer))
    for made in tools:
        await made.close()
    return said


async def turn(runner, part, message):
    said, asked = None, None
    content = types.Content(role="user", parts=[message])
    async for event in runner.run_async(user_id=part.user, session_id=part.session, new_message=content):
        if event.error_message:
            raise RuntimeError(event.error_message)
        for piece in (event.content.parts or []) if event.content else []:
            said = piece.text or said
            if piece.function_call and piece.function_call.name.startswith("adk_"):
                asked = piece.function_call
    return said, asked


scene.play(run)
