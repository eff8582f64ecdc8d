#!/usr/bin/env bash
# smolagents 1.26.0 with openinference 0.1.43: the span of an agent whose model fails is never sent.
#
# The instrumentation ends an agent's span after the run returned. When the run raises, as it does for every error of
# a model, the span stays open for ever: its steps are sent, with a parent that never comes. The trace of a failed run
# has no root, so that nothing says that the run is over, or that it failed; a run that works has its root.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
    "smolagents==1.26.0" "openinference-instrumentation-smolagents==0.1.43" "opentelemetry-sdk==1.45.2"
cat > run.py <<'PY'
import sys
from importlib.metadata import version
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
SmolagentsInstrumentor().instrument(tracer_provider=provider)
from smolagents import ChatMessage, Model, ToolCallingAgent
from smolagents.models import ChatMessageToolCall, ChatMessageToolCallFunction

class Fake(Model):
    def generate(self, messages, **more):
        if self.model_id == "broken":
            raise ConnectionError("the model is gone")
        function = ChatMessageToolCallFunction(name="final_answer", arguments={"answer": "calm"})
        call = ChatMessageToolCall(function=function, id="c", type="function")
        return ChatMessage(role="assistant", content="", tool_calls=[call])

roots = {}
print(", ".join(f"{name} {version(name)}" for name in ("smolagents", "openinference-instrumentation-smolagents")))
for name in ("good", "broken"):
    memory.clear()
    try:
        said = ToolCallingAgent(tools=[], model=Fake(model_id=name), verbosity_level=0).run("how is the sea?")
    except Exception as error:
        said = repr(error)
    spans = memory.get_finished_spans()
    roots[name] = [span.name for span in spans if span.parent is None]
    print(f"  {name}: {said}")
    print(f"    spans {[span.name for span in spans]}, of them without a parent {roots[name]}")
sys.exit(0 if len(roots["good"]) == 1 and spans and not roots["broken"] else 1)
PY
env/bin/python run.py
