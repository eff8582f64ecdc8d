"""The exporters of OTLP over gRPC, as they come from PyPI, watched by the ctxtop built here."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": "conv-1"}


@pytest.fixture
def listening() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`ctxtop listen`, and where it listens for gRPC."""
    program = os.environ.get("CTXTOP", "")
    if not program or not os.path.exists(program):
        pytest.skip("CTXTOP names no ctxtop program; swift test sets it")
    process = subprocess.Popen(
        ["timeout", "60", program, "listen", "--otlp", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    words = process.stderr.readline().split()
    try:
        yield process, words[words.index("(gRPC)") - 1]
    finally:
        process.terminate()
        process.communicate()


def events(process: subprocess.Popen[str], done: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    """The events up to the last one that is wanted; the end of the output is a failure."""
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        yield event
        if done(event):
            return
    raise AssertionError("ctxtop ended")


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_spans_are_runs(
    listening: tuple[subprocess.Popen[str], str], compression: grpc.Compression
) -> None:
    process, endpoint = listening
    provider = TracerProvider()
    exporter = OTLPSpanExporter(endpoint=endpoint, compression=compression)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("handmade")
    for number in range(300):
        with tracer.start_as_current_span("invoke_agent shop", attributes={**AGENT, "number": number}):
            pass
    provider.shutdown()
    ended = 0

    def is_last(event: dict[str, Any]) -> bool:
        nonlocal ended
        ended += event["type"] == "RUN_FINISHED"
        return ended == 300

    seen = list(events(process, is_last))
    assert {event["metadata"]["session"] for event in seen} == {"conv-1"}


def test_what_is_refused_reaches_the_senders_log(
    listening: tuple[subprocess.Popen[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    _, endpoint = listening
    reader = InMemoryMetricReader()
    counter = MeterProvider([reader]).get_meter("handmade").create_counter("tokens")
    exporter = OTLPMetricExporter(endpoint=endpoint, timeout=3)
    counter.add(5)
    assert exporter.export(reader.get_metrics_data()) is MetricExportResult.SUCCESS
    counter.add(5, {"long": "x" * (17 << 20)})
    assert exporter.export(reader.get_metrics_data()) is MetricExportResult.FAILURE
    assert "a body above 16 MiB" in caplog.text
