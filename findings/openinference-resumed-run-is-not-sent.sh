#!/usr/bin/env bash
# openai-agents 0.24.0 with openinference 2.6.0: nothing that a run does after an approval is sent.
#
# A tool with `needs_approval` pauses its run; the approved run is resumed by `Runner.run(agent, state)`. The SDK then
# continues the trace of the first half without starting it again. OpenInference's processor has forgotten that trace
# when its first half ended, and leaves out every span whose trace it has not seen start. The telemetry of a payment
# that a person approved ends with the question: the payment, the model's answer and their tokens are nowhere.
# The same tool without an approval sends all of them. Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
    "openai-agents==0.24.0" "openinference-instrumentation-openai-agents==2.6.0" "opentelemetry-sdk==1.45.2"
cat > run.py <<'PY'
import asyncio, sys
from importlib.metadata import version
from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool
from agents.tracing import generation_span, set_trace_processors
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

class Fake(Model):
    async def get_response(self, system_instructions, input, *given, **more):
        with generation_span(model="fake"):
            paid = any(isinstance(item, dict) and item.get("type") == "function_call_output" for item in input)
            text = ResponseOutputText(text="paid", type="output_text", annotations=[])
            message = ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message")
            call = ResponseFunctionToolCall(call_id="c", name="pay", arguments="{}", type="function_call")
            return ModelResponse(output=[message if paid else call], usage=Usage(), response_id=None)

    def stream_response(self, *given, **more):
        raise NotImplementedError

paid = []

def pay() -> str:
    paid.append(12)
    return "done"

async def run(needs_approval):
    agent = Agent("clerk", model=Fake(), tools=[function_tool(pay, needs_approval=needs_approval)])
    result = await Runner.run(agent, "pay")
    if result.interruptions:
        state = result.to_state()
        state.approve(result.interruptions[0])
        result = await Runner.run(agent, state)
    return result.final_output

memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider, exclusive_processor=True)
print(", ".join(f"{name} {version(name)}" for name in (
    "openai-agents", "openinference-instrumentation-openai-agents")))
models = {}
for needs_approval in (False, True):
    memory.clear()
    said = asyncio.run(run(needs_approval))
    names = [span.name for span in memory.get_finished_spans()]
    models[needs_approval] = names.count("generation")
    print(f"approval {needs_approval}: said {said!r}, paid {len(paid)} times, spans {names}")
print(f"model calls that were sent: {models[False]} without and {models[True]} with an approval, of 2 each")
sys.exit(0 if len(paid) == 2 and models == {False: 2, True: 1} else 1)
PY
env/bin/python run.py
