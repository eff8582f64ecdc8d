"""Agent events in every shape that Python backends send become AG-UI, without what nobody asked to see."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from ag_ui.core import Event
from conftest import lines
from ctxtop_exposer import Exposer
from ctxtop_exposer.payloads import scrub
from fastapi import FastAPI
from pydantic import TypeAdapter

FIVE = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]
BODY = {
    "tool_name": "search",
    "reasoning": "secret plan",
    "parameters": {"q": "secret"},
    "result": "secret answer",
}
ids = {"run_id": "r1", "thread_id": "t1", "user_id": "ada"}


def bridge(kind: str) -> Any:
    return {
        "type": kind,
        "run_id": "r1",
        "agent_name": "helper",
        "timestamp": "2026-01-01T00:00:00",
        "payload": BODY,
    }


def manager(kind: str) -> Any:
    data = {"tool": "search", "thought": "secret", "run_id": "r1", "thread_id": "t1"}
    return {
        "type": kind,
        "data": data,
        "timestamp": datetime.now().isoformat(),
        "critical": True,
        "attempt": 1,
    }


def isolated(kind: str) -> Any:
    return {**manager(kind), "user_context": {"user_id": "ada", "request_id": "q"}}


def flat(kind: str) -> Any:
    return {"type": kind, "event": kind, "user_id": "ada", "thread_id": "t1", "timestamp": 1.5e9, **BODY}


def pair(kind: str) -> Any:
    return (kind, {**BODY, **ids, "execution_time_ms": 12})


def notifier(kind: str) -> Any:
    return {
        "type": kind,
        "payload": {**BODY, "run_id": "r1"},
        "message_id": "m",
        "user_id": "ada",
        "thread_id": "t1",
    }


def message(kind: str) -> Any:
    return {
        "type": kind,
        "data": {**BODY, **ids},
        "timestamp": 1.8e9,
        "server_id": "s",
        "correlation_id": None,
    }


def connection(kind: str) -> Any:
    return {
        "event_type": kind,
        "event_id": "e",
        "thread_id": "t1",
        "data": {**BODY, "run_id": "r1"},
        "timestamp": 0,
    }


SHAPES = [bridge, manager, isolated, flat, pair, notifier, message, connection]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_five_events_make_one_sound_run(shape: Any) -> None:
    exposer = Exposer(FastAPI())
    for kind in FIVE:
        exposer.emit(shape(kind), user="ada", session="t1", path="websocket")
    agent = [event for event in lines(exposer) if event["type"] != "CUSTOM"]
    words = [event["type"] for event in agent if event["type"] not in ("TOOL_CALL_ARGS", "TOOL_CALL_END")]
    assert words == [
        "RUN_STARTED", "REASONING_MESSAGE_CHUNK", "TOOL_CALL_START", "TOOL_CALL_RESULT", "RUN_FINISHED",
    ]  # fmt: skip
    assert [event["metadata"]["seq"] for event in agent] == list(range(len(agent)))
    assert {event["metadata"]["user"] for event in agent} == {"ada"}
    assert {event["metadata"]["session"] for event in agent} == {"t1"}
    (run,) = exposer.monitor.runs.rows()
    assert (run.state, run.grammar.violations) == ("completed", [])
    assert "secret" not in json.dumps(agent)
    adapter: Any = TypeAdapter(Event)
    for event in agent:
        adapter.validate_python(event)


def test_payloads_travel_only_when_asked() -> None:
    hidden, shown = Exposer(FastAPI()), Exposer(FastAPI(), expose_payloads=True)
    for exposer in (hidden, shown):
        for kind in FIVE:
            exposer.emit(kind, {**BODY, **ids})
    texts = [json.dumps(lines(exposer)) for exposer in (hidden, shown)]
    assert "secret answer" not in texts[0] and '"bytes": 13' in texts[0]
    assert "secret answer" in texts[1] and "secret plan" in texts[1]


def test_secrets_in_error_texts_are_left_out() -> None:
    words = "login failed: password=hunter2 Authorization: Bearer abc.def.ghi1234 at postgres://bob:pw@db/x api_key: 'k1'"
    clean = scrub(words)
    for secret in ("hunter2", "abc.def", ":pw@", "k1"):
        assert secret not in clean
    assert "login failed" in clean and "postgres://bob:" in clean
    assert scrub("Required component tool_dispatcher is missing or None") == (
        "Required component tool_dispatcher is missing or None"
    )
    assert len(scrub("x" * 10_000)) == 300


def test_calls_without_ids_pair_as_a_multiset() -> None:
    exposer = Exposer(FastAPI())
    exposer.emit("agent_started", ids)
    for kind, tool in [("tool_executing", "a"), ("tool_executing", "a"), ("tool_executing", "b"),
                       ("tool_completed", "a"), ("tool_completed", "b"), ("tool_completed", "a")]:  # fmt: skip
        exposer.emit(kind, {**ids, "tool_name": tool})
    exposer.emit("agent_completed", ids)
    (run,) = exposer.monitor.runs.rows()
    assert run.grammar.violations == []


@pytest.mark.parametrize(
    ("kinds", "violation"),
    [
        (["agent_thinking"], "missing: agent_started"),
        (["agent_started", "tool_completed"], "unpaired: tool_completed without tool_executing"),
        (["agent_started", "tool_executing", "agent_completed"], "missing: tool_completed"),
        (["agent_started", "agent_completed", "agent_thinking"], "late: event after the end"),
        (["agent_started", "agent_completed", "agent_completed"], "duplicate"),
        (["agent_started", "agent_started"], "duplicate"),
    ],
)
def test_broken_orders_are_named(kinds: list[str], violation: str) -> None:
    exposer = Exposer(FastAPI())
    for kind in kinds:
        exposer.emit(kind, {**ids, "tool_name": "a"})
    (run,) = exposer.monitor.runs.rows()
    assert run.grammar.violations == [violation]


def test_an_event_for_another_user_is_a_crossing() -> None:
    exposer = Exposer(FastAPI())
    exposer.emit("agent_started", ids)
    exposer.emit("agent_thinking", ids, user="eva")
    (run,) = exposer.monitor.runs.rows()
    assert run.grammar.violations == ["delivered to another user"]


def test_runs_without_ids_get_one_for_each_start() -> None:
    exposer = Exposer(FastAPI())
    for _ in range(2):
        for kind in FIVE:
            exposer.emit(kind, {"tool_name": "a"}, session="t", user="ada")
    assert [run.state for run in exposer.monitor.runs.rows()] == ["completed", "completed"]


def test_what_is_no_agent_event_is_counted_and_left_out() -> None:
    exposer = Exposer(FastAPI())
    noise: list[Any] = [
        {"type": "pong"}, {"type": "system_message", "data": {"event": "connection_established"}}, "heartbeat", {},
        None, 7, {"type": None}, {"type": ["agent_started"]}, {"payload": {}},
    ]  # fmt: skip
    for event in noise:
        exposer.emit(event, session="t", user="ada")
    assert lines(exposer) == []
    assert (exposer.monitor.ignored, exposer.monitor.failures) == (len(noise), 0)


def test_agui_events_pass_as_they_are() -> None:
    from ag_ui.core import RunErrorEvent, ToolCallStartEvent

    exposer = Exposer(FastAPI())
    exposer.emit({"type": "RUN_STARTED", "threadId": "t1", "runId": "r1"}, user="ada")
    exposer.emit(
        ToolCallStartEvent(tool_call_id="c", tool_call_name="search"), user="ada", session="t1", run="r1"
    )
    exposer.emit(RunErrorEvent(message="boom"), user="ada", session="t1", run="r1")
    start, call, error = [event for event in lines(exposer) if event["type"] != "CUSTOM"]
    assert start["metadata"] == {
        "user": "ada",
        "session": "t1",
        "run": "r1",
        "seq": 0,
        "id": start["metadata"]["id"],
    }
    assert (call["toolCallName"], error["message"]) == ("search", "boom")


def test_an_own_time_is_believed_only_when_it_is_near() -> None:
    exposer = Exposer(FastAPI())
    near = datetime.now(timezone.utc).timestamp() - 5
    exposer.emit({"type": "agent_started", **ids, "timestamp": near})
    exposer.emit({"type": "agent_thinking", **ids, "timestamp": 1.0})
    first, second = [event for event in lines(exposer) if event["type"] != "CUSTOM"]
    assert abs(first["timestamp"] - near * 1000) <= 1
    assert second["timestamp"] > near * 1000 + 4000


def test_a_watched_manager_tells_what_it_sent(recwarn: Any) -> None:
    class Manager:
        def __init__(self) -> None:
            self.sent: list[Any] = []

        async def emit_critical_event(self, user_id: str, event_type: str, data: dict[str, Any]) -> None:
            await self.send_to_user(user_id, {"type": event_type, "data": data})

        async def send_to_user(self, user_id: str, message: dict[str, Any]) -> bool:
            if user_id == "gone":
                return False
            if user_id == "broken":
                raise ConnectionError("closed")
            self.sent.append(message)
            return True

    import asyncio

    exposer, manager = Exposer(FastAPI()), Manager()
    exposer.watch_sends(manager, "emit_critical_event", "send_to_user", path="websocket")

    async def story() -> None:
        await manager.emit_critical_event("ada", "agent_started", {"run_id": "r", "thread_id": "t"})
        await manager.send_to_user("ada", {"type": "agent_completed", "run_id": "r", "thread_id": "t"})
        await manager.send_to_user("gone", {"type": "agent_started", "run_id": "q", "thread_id": "u"})
        await manager.send_to_user("ada", {"type": "pong"})
        with pytest.raises(ConnectionError):
            await manager.send_to_user("broken", {"type": "agent_started", "run_id": "q", "thread_id": "u"})

    asyncio.run(story())
    assert len(manager.sent) == 3
    kinds = [event["type"] for event in lines(exposer) if event["type"] != "CUSTOM"]
    assert kinds == ["RUN_STARTED", "RUN_FINISHED"]
    assert (exposer.monitor.undelivered, exposer.monitor.ignored) == (2, 1)


def test_what_json_has_no_word_for_never_breaks_a_line() -> None:
    exposer = Exposer(FastAPI(), expose_payloads=True)
    loop: Any = []
    loop.append(loop)
    for value in (float("nan"), float("inf"), loop, {1, 2}, b"\xff", "\ud800", "x" * 3_000_000, 10**400):
        exposer.emit({"type": "RUN_STARTED", "threadId": "t", "runId": "r", "input": value})
    assert len([event for event in lines(exposer) if event["type"] == "RUN_STARTED"]) == 8
    assert exposer.monitor.failures == 0
