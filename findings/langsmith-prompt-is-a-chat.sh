#!/usr/bin/env bash
# langsmith 0.15.1: over OpenTelemetry a prompt template is a `chat` and a retriever is `embeddings`.
#
# The GenAI conventions give `gen_ai.operation.name` to calls of a model: `chat` and `embeddings` are two of them.
# LangSmith's exporter writes `chat` for a run of type `prompt`, and `embeddings` for one of type `retriever`,
# although neither calls a model. Who counts model calls by the conventions alone counts one too many for each
# template that is filled and each search. The run's own type is in `langsmith.span.kind` and has to come first.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet "langsmith[otel]==0.15.1"
cat > runs.py <<'PY'
import os, sys, time
os.environ.update(
    LANGSMITH_OTEL_ENABLED="true", LANGSMITH_OTEL_ONLY="true", LANGSMITH_TRACING="true",
    LANGSMITH_API_KEY="none", LANGSMITH_ENDPOINT="http://127.0.0.1:9")
from importlib.metadata import version
from langsmith import Client, traceable
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

spans, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
client = Client(otel_tracer_provider=provider)
for kind in ("prompt", "retriever", "llm", "embedding"):
    traceable(run_type=kind, name=kind, client=client)(lambda words: words)("hello")
client.flush()
for _ in range(100):
    if len(spans.get_finished_spans()) == 4: break
    time.sleep(0.1)

print("langsmith", version("langsmith"))
seen = {}
for span in spans.get_finished_spans():
    kind = span.attributes["langsmith.span.kind"]
    seen[kind] = span.attributes["gen_ai.operation.name"]
    print(f"  run type {kind:10} gen_ai.operation.name {seen[kind]}")
expected = {"prompt": "chat", "retriever": "embeddings", "llm": "chat", "embedding": "embeddings"}
sys.exit(0 if seen == expected else 1)
PY
env/bin/python runs.py
