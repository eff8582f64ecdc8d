#!/usr/bin/env bash
# strands-agents 1.62.0: an agent's span has the tokens of all its requests so far, and not of its own request.
#
# The semantic conventions of OpenTelemetry give an `invoke_agent` span the usage of that operation. Strands writes
# the agent's metrics there, which are kept as long as the agent is. A server that keeps one agent for a conversation
# thus sends 100, 200, 300 tokens for three requests of 100, and whoever sums spans counts 600. The `chat` spans
# below are right. Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "strands-agents[otel]==1.62.0"
cat > run.py <<'PY'
import sys
from importlib.metadata import version
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from strands import Agent
from strands.models import Model

memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
trace.set_tracer_provider(provider)

class Fake(Model):
    def update_config(self, **config):
        pass

    def get_config(self):
        return {"model_id": "fake"}

    async def structured_output(self, *given, **more):
        raise NotImplementedError
        yield

    async def stream(self, *given, **more):
        yield {"messageStart": {"role": "assistant"}}
        yield {"contentBlockDelta": {"delta": {"text": "calm"}}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "end_turn"}}
        usage = {"inputTokens": 100, "outputTokens": 10, "totalTokens": 110}
        yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}

agent = Agent(model=Fake(), name="clerk", callback_handler=None)
for _ in range(3):
    agent("how is the sea?")
tokens = {"invoke_agent": [], "chat": []}
for span in memory.get_finished_spans():
    operation = span.attributes.get("gen_ai.operation.name")
    if operation in tokens:
        tokens[operation].append(span.attributes["gen_ai.usage.input_tokens"])
print("strands-agents", version("strands-agents"))
for operation, numbers in tokens.items():
    print(f"  {operation:12}  input tokens {numbers}, in all {sum(numbers)}")
sys.exit(0 if tokens == {"invoke_agent": [100, 200, 300], "chat": [100, 100, 100]} else 1)
PY
env/bin/python run.py
