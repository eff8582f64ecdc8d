"""Programs of other people, as they come from PyPI, watched by the ctxtop built here: OTLP exporters and gRPC health."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.trace import StatusCode
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.instrumented import InstrumentationSettings


class Listening:
    """`ctxtop listen`, and the events that it has printed."""

    def __init__(self, process: subprocess.Popen[str], origin: str) -> None:
        self.process = process
        self.origin = origin
        self.events: list[dict[str, Any]] = []

    def until(self, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Reads events until they suffice; the end of the output is a failure."""
        assert self.process.stdout is not None
        while not done(self.events):
            line = self.process.stdout.readline()
            assert line, f"ctxtop ended after {self.events}"
            self.events.append(json.loads(line))
        return self.events


@pytest.fixture
def listening() -> Iterator[Listening]:
    program = os.environ.get("CTXTOP", "")
    if not program or not os.path.exists(program):
        pytest.skip("CTXTOP names no ctxtop program; swift test sets it")
    process = subprocess.Popen(
        ["timeout", "60", program, "listen", "--otlp", "127.0.0.1:0", "--otlp-grpc", "off"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    origin = process.stderr.readline().split()[-1]
    try:
        yield Listening(process, origin)
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def tracing(origin: str, *, batched: bool, compression: Compression) -> Iterator[TracerProvider]:
    """A provider that sends to `origin`, flushed at the end."""
    exporter = OTLPSpanExporter(endpoint=origin + "/v1/traces", compression=compression)
    provider = TracerProvider(resource=Resource.create({"service.name": "shop", "service.version": "1.4"}))
    processor = BatchSpanProcessor(exporter) if batched else SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    try:
        yield provider
    finally:
        provider.shutdown()


def ended(events: list[dict[str, Any]]) -> int:
    """How many runs are over."""
    return sum(event["type"] in ("RUN_FINISHED", "RUN_ERROR") for event in events)


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_sdks_spans_are_runs_tools_tokens_and_errors(
    listening: Listening, compression: Compression
) -> None:
    with tracing(listening.origin, batched=True, compression=compression) as provider:
        tracer = provider.get_tracer("handmade")
        about = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "shop",
            "gen_ai.conversation.id": "conv-1",
            "user.id": "bob",
        }
        with tracer.start_as_current_span("invoke_agent shop", attributes=about):
            call = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "sql", "error.type": "Timeout"}
            with tracer.start_as_current_span("execute_tool sql", attributes=call) as span:
                span.set_status(StatusCode.ERROR, "no answer")
            tokens = {"gen_ai.usage.input_tokens": 11, "gen_ai.usage.output_tokens": 7}
            with tracer.start_as_current_span(
                "chat m", attributes={"gen_ai.operation.name": "chat", **tokens}
            ):
                pass
        with tracer.start_as_current_span("cron cleanup"):
            pass
    events = listening.until(
        lambda events: ended(events) == 1 and any(e.get("name") == "otel.span" for e in events)
    )
    told = {event["type"]: event for event in events if event.get("name") != "ctxtop.run"}
    for event in events:
        if event["type"] != "CUSTOM":
            assert event["metadata"]["user"] == "bob"
            assert event["metadata"]["session"] == "conv-1"
            assert event["metadata"].get("agent", "shop") == "shop"
    assert told["TOOL_CALL_START"]["toolCallName"] == "sql"
    assert told["TOOL_CALL_RESULT"]["content"] == "error: Timeout: no answer"
    assert told["RUN_FINISHED"]["usage"] == [{"inputTokens": 11, "outputTokens": 7}]
    assert told["CUSTOM"]["value"]["span"] == "cron cleanup"
    assert "run" not in told["CUSTOM"]["metadata"]


def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    """A model without a network: calls the tool, then speaks."""
    if any(isinstance(part, ToolReturnPart) for message in messages for part in message.parts):
        return ModelResponse(parts=[TextPart("three orders")])
    return ModelResponse(parts=[ToolCallPart("search_orders", {"q": "x"}, "call-1")])


def test_agents_of_pydantic_ai_are_seen_run_by_run(listening: Listening) -> None:
    agent = Agent(FunctionModel(answer), name="shop")

    @agent.tool_plain
    async def search_orders(q: str) -> str:
        if q == "x" and broken:
            raise RuntimeError("no database")
        return "3 orders"

    broken = False
    with tracing(listening.origin, batched=False, compression=Compression.Gzip) as provider:
        agent.instrument = InstrumentationSettings(tracer_provider=provider)
        tracer = provider.get_tracer("app")
        for user in ("ada", "zoe"):
            about = {"user.id": user, "session.id": "s-" + user}
            with tracer.start_as_current_span("POST /chat", attributes=about):
                asyncio.run(agent.run("hi"))
        broken = True
        with pytest.raises(RuntimeError):
            asyncio.run(agent.run("hi"))
        events = listening.until(lambda events: ended(events) == 3)
    runs: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        run = event.get("metadata", {}).get("run")
        if run:
            runs.setdefault(run, []).append(event)
    assert len(runs) == 3
    for steps in runs.values():
        kinds = [step["type"] for step in steps]
        assert "RUN_STARTED" in kinds
        assert "TOOL_CALL_START" in kinds and "TOOL_CALL_RESULT" in kinds
        assert steps[-1]["metadata"]["agent"] == "shop"
    last = [next(s for s in reversed(steps) if s["type"] in ("RUN_FINISHED", "RUN_ERROR")) for steps in runs.values()]
    assert sorted(step["type"] for step in last) == ["RUN_ERROR", "RUN_FINISHED", "RUN_FINISHED"]
    assert {step["metadata"].get("user") for step in last} == {"ada", "zoe", None}


@pytest.mark.parametrize("registered", [True, False])
def test_a_server_of_grpcio_is_asked_for_its_health(ctxtop: Any, registered: bool) -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    servicer.set("shop.Pay", health_pb2.HealthCheckResponse.NOT_SERVING)
    if registered:
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    origin = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:

        def seen(*arguments: str) -> dict[str, Any]:
            [backend] = json.loads(ctxtop("snapshot", *arguments).stdout)["backends"]
            assert backend["dialect"] == "grpc"
            return backend["health"]

        if registered:
            assert seen(origin)["status"] == "pass"
            assert seen("--dialect", "grpc", origin + "/shop.Pay")["status"] == "fail"
            assert "NOT_FOUND" in seen("--dialect", "grpc", origin + "/shop.Nobody")["reason"]
        else:
            assert seen(origin)["status"] == "unknown"
            assert "UNIMPLEMENTED" in seen(origin)["reason"]
    finally:
        server.stop(grace=None)
