"""Writes OTLP requests as OpenTelemetry's Python SDK encodes them: `spans.py FOLDER [TRACES]`.

A trace is a run of 20 spans, as agent libraries send them: an agent, nine model calls, nine tools, and an agent inside.
A span has about 12 attributes by OpenTelemetry's GenAI conventions. A request has 512 spans, the SDK's own batch.
"""

import pathlib
import sys

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult, BatchSpanProcessor


class Files(SpanExporter):
    """Writes each batch into a file of its own."""

    def __init__(self, folder):
        self.folder, self.number, self.spans, self.bytes = folder, 0, 0, 0

    def export(self, spans):
        body = encode_spans(spans).SerializeToString()
        (self.folder / f"{self.number:06}.pb").write_bytes(body)
        self.number += 1
        self.spans += len(spans)
        self.bytes += len(body)
        return SpanExportResult.SUCCESS


def common(conversation, agent):
    return {
        "gen_ai.system": "openai", "gen_ai.conversation.id": conversation, "gen_ai.agent.name": agent,
        "user.id": f"user-{conversation[-3:]}@example.com", "server.address": "models.example.com", "server.port": 443,
    }


def model(tracer, shared, turn):
    with tracer.start_as_current_span("chat gpt-5-mini") as span:
        span.set_attributes(
            shared | {
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5-mini",
                "gen_ai.response.model": "gpt-5-mini-2026-05-01", "gen_ai.response.id": f"chatcmpl-{turn:012x}",
                "gen_ai.usage.input_tokens": 800 + turn, "gen_ai.usage.output_tokens": 40 + turn,
                "gen_ai.response.finish_reasons": ("tool_calls",),
            })


def tool(tracer, shared, turn):
    with tracer.start_as_current_span("execute_tool tide_table") as span:
        span.set_attributes(
            shared | {
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "tide_table",
                "gen_ai.tool.call.id": f"call_{turn:024x}", "gen_ai.tool.type": "function",
                "gen_ai.tool.call.arguments": '{"port": "Vlissingen", "day": %d}' % turn,
                "gen_ai.tool.call.result": '{"high": ["02:14", "14:38"], "low": ["08:31", "20:55"], "metres": 4.7}',
            })


def run(tracer, number):
    conversation = f"conversation-{number % 5000:05}"
    shared = common(conversation, "pilot")
    with tracer.start_as_current_span("invoke_agent pilot") as span:
        span.set_attributes(shared | {"gen_ai.operation.name": "invoke_agent"})
        for turn in range(7):
            model(tracer, shared, turn)
            tool(tracer, shared, turn)
        with tracer.start_as_current_span("invoke_agent harbour") as inner:
            inside = common(conversation, "harbour")
            inner.set_attributes(inside | {"gen_ai.operation.name": "invoke_agent"})
            for turn in range(2):
                model(tracer, inside, turn)
                tool(tracer, inside, turn)


def main():
    folder = pathlib.Path(sys.argv[1])
    traces = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder)
    processor = BatchSpanProcessor(
        files, max_queue_size=traces * 20, max_export_batch_size=512, schedule_delay_millis=3_600_000)
    provider = TracerProvider(resource=Resource({"service.name": "harbour-desk", "service.version": "4.2"}))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("desk")
    for number in range(traces):
        run(tracer, number)
    provider.shutdown()
    print(f"{files.spans} spans of {files.bytes // files.spans} bytes in {files.number} requests")


main()
