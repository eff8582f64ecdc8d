#!/usr/bin/env bash
# llama-index-core 0.14.25 with OpenInference 4.6.1: a tool that waits for a person is sent as a failed call, and twice.
#
# `ctx.wait_for_event` ends the tool by an exception of its own and calls the tool again when the answer has come. The
# instrumentation records the first end as an error with an exception `WaitingForEvent`; the span above it and the run
# end well. Whoever counts failed tool calls by span status counts each question to a person as a failure, and no span
# is open while the person thinks. Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "llama-index-core==0.14.25" \
  "openinference-instrumentation-llama-index==4.6.1" "opentelemetry-sdk==1.45.2"
cat > run.py <<'PY'
import asyncio
import sys
from importlib.metadata import version
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.llms.mock import MockLLM
from llama_index.core.tools import FunctionTool
from llama_index.core.workflow import Context, HumanResponseEvent, InputRequiredEvent
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
LlamaIndexInstrumentor().instrument(tracer_provider=provider)

class Fake(MockLLM, FunctionCallingLLM):
    @property
    def metadata(self):
        return LLMMetadata(is_chat_model=True, is_function_calling_model=True)

    def _prepare_chat_with_tools(self, tools, chat_history=None, **more):
        return {"messages": chat_history or []}

    async def achat(self, messages, **more):
        return ChatResponse(message=ChatMessage(role="assistant", content="done"), raw=len(messages))

    def get_tool_calls_from_response(self, response, **more):
        return [ToolSelection(tool_id="1", tool_name="moor", tool_kwargs={})] if response.raw == 1 else []

async def moor(ctx: Context) -> str:
    """Moors a ship."""
    answer = await ctx.wait_for_event(HumanResponseEvent, waiter_event=InputRequiredEvent(prefix="may I?"))
    return answer.response

async def main():
    agent = FunctionAgent(tools=[FunctionTool.from_defaults(async_fn=moor)], llm=Fake(), streaming=False)
    handler = agent.run("please")
    async for event in handler.stream_events():
        if isinstance(event, InputRequiredEvent):
            handler.ctx.send_event(HumanResponseEvent(response="yes"))
    await handler

asyncio.run(main())
spans = {name: [span for span in memory.get_finished_spans() if span.name == name]
         for name in ("FunctionTool.acall", "BaseWorkflowAgent.call_tool", "FunctionAgent.run")}
print("llama-index-core", version("llama-index-core"))
for name, found in spans.items():
    for span in found:
        errors = [event.attributes["exception.type"].split(".")[-1] for event in span.events]
        print(f"  {name:28} {span.status.status_code.name:6} {' '.join(errors)}")
tool = [span.status.status_code.name for span in spans["FunctionTool.acall"]]
others = {span.status.status_code.name for name in list(spans)[1:] for span in spans[name]}
sys.exit(0 if tool == ["ERROR", "OK"] and others == {"OK"} else 1)
PY
env/bin/python run.py
