"""Contexts and dispatchers: who owns what, what leaks, what is shared, and that nothing harms the app."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from conftest import ROOT, Clock, lines
from ctxtop_exposer import Exposer
from ctxtop_exposer.snapshot import snapshot
from fastapi import FastAPI


class Tools:
    """A dispatcher."""


def made(clock: Clock, **state: Any) -> Exposer:
    app = FastAPI()
    for name, value in state.items():
        setattr(app.state, name, value)
    exposer = Exposer(app, paths=["websocket", "http", "background"])
    exposer.monitor.now = clock
    exposer.monitor.begin()
    return exposer


def document(exposer: Exposer) -> Any:
    return snapshot(exposer.monitor, "test", None, exposer.state)


FACTORY = {"tool_classes": [int], "tool_dispatcher": None}


def test_a_context_comes_and_goes(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    tools = Tools()
    with exposer.creation(
        "http", user="ada", session="s", request="q", deadline=clock.now + 60_000
    ) as creation:
        creation.dispatcher(tools)
    seen = document(exposer)
    (context,) = seen["contexts"]
    (dispatcher,) = seen["dispatchers"]
    assert (context["user"], context["session"], context["request"], context["path"]) == (
        "ada",
        "s",
        "q",
        "http",
    )
    assert context["deadline"] == "2027-01-15T08:01:00.000Z"
    assert (dispatcher["state"], dispatcher["pattern"], dispatcher["owners"]) == (
        "active",
        "factory",
        ["ada"],
    )
    exposer.emit("agent_started", {"run_id": "r"})
    exposer.emit("tool_executing", {"run_id": "r", "tool_name": "x"})
    assert document(exposer)["dispatchers"][0]["inFlight"] == 1
    exposer.emit("tool_completed", {"run_id": "r", "tool_name": "x", "status": "error"})
    exposer.emit("agent_completed", {"run_id": "r"})
    exposer.disposed(tools, "request ended")
    seen = document(exposer)
    assert (seen["contexts"], seen["sessions"][0]["state"], seen["dispatchers"][0]["state"]) == (
        [],
        "ended",
        "disposed",
    )
    assert (seen["dispatchers"][0]["failed"], seen["dispatchers"][0]["executed"]) == (1, 0)
    path = next(path for path in seen["paths"] if path["path"] == "http")
    assert (path["created"], path["failed"], path["lastOutcome"]["status"]) == (1, 0, "ok")
    assert path["expected"] == "factory"


@pytest.mark.parametrize(("after", "state"), [(30_000, "active"), (30_001, "leaked")])
def test_a_dispatcher_leaks_30_s_after_its_session(clock: Clock, after: int, state: str) -> None:
    exposer = made(clock, **FACTORY)
    exposer.created("d", path="http", user="ada", session="s")
    exposer.lifecycle.end_session(("ada", "s"), "gone")
    clock.now += after
    assert document(exposer)["dispatchers"][0]["state"] == state


def test_one_object_for_two_users_is_shared_or_a_singleton(clock: Clock) -> None:
    factory, legacy = made(clock, **FACTORY), made(clock, tool_dispatcher=Tools())
    tools = Tools()
    for user in ("ada", "eva"):
        factory.created(tools, path="http", user=user, session=user)
        legacy.created(legacy.state.tool_dispatcher, path="http", user=user, session=user)
    shared = document(factory)["dispatchers"][0]
    assert (shared["state"], shared["owners"]) == ("shared", ["ada", "eva"])
    singleton = document(legacy)["dispatchers"][0]
    assert (singleton["state"], singleton["pattern"], "user" in singleton) == ("active", "singleton", False)


def test_a_singleton_outlives_the_contexts_that_use_it(clock: Clock) -> None:
    exposer = made(clock, tool_dispatcher=Tools())
    entry = exposer.created(exposer.state.tool_dispatcher, path="http", user="ada", session="s")
    exposer.disposed(entry)
    seen = document(exposer)
    assert (seen["dispatchers"][0]["state"], seen["contexts"], seen["sessions"][0]["state"]) == (
        "active",
        [],
        "ended",
    )


def test_a_failed_creation_is_an_outcome_and_the_error_passes(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    exposer.requires("tool_dispatcher", path="websocket")
    with pytest.raises(RuntimeError, match="missing"):
        with exposer.creation("websocket", user="ada", session="s"):
            raise RuntimeError("Required component tool_dispatcher is missing or None")
    path = document(exposer)["paths"][0]
    assert (path["detected"], path["failed"]) == ("missingComponent(tool_dispatcher)", 1)
    assert path["lastOutcome"]["error"] == "Required component tool_dispatcher is missing or None"
    creation = next(event for event in lines(exposer) if event.get("name") == "ctxtop.creation")
    assert creation["value"]["status"] == "error" and creation["metadata"]["user"] == "ada"


def test_a_registered_dispatcher_that_failed_is_half_built(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    with pytest.raises(AttributeError):
        with exposer.creation("http", user="ada", session="s"):
            exposer.created("d", path="http", user="ada", session="s")
            raise AttributeError("name")
    seen = document(exposer)
    assert seen["dispatchers"][0]["state"] == "halfBuilt"
    path = next(path for path in seen["paths"] if path["path"] == "http")
    assert (path["created"], path["failed"]) == (0, 1)


def test_a_fallback_is_counted_as_one(clock: Clock) -> None:
    exposer = made(clock, tool_classes=[int], tool_dispatcher=Tools())
    with exposer.creation("http", user="ada", session="s") as creation:
        creation.fell_back(ValueError("no such class"))
        creation.dispatcher(exposer.state.tool_dispatcher)
    path = next(path for path in document(exposer)["paths"] if path["path"] == "http")
    assert (path["fallbacks"], path["created"], path["lastOutcome"]["status"]) == (1, 1, "fallback")
    assert path["wins"] == "factory"
    assert list(path["lastUsedAt"]) == ["singleton"]


def test_a_collected_dispatcher_is_no_leak(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    exposer.created(Tools(), path="http", user="ada", session="s")
    gc.collect()
    (dispatcher,) = document(exposer)["dispatchers"]
    assert dispatcher["state"] == "disposed"


def test_memory_is_bounded(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    exposer.monitor.ring.maximum = 500
    for number in range(3_000):
        exposer.created(f"d{number}", path="http", user=f"u{number}", session=f"s{number}")
        exposer.emit("agent_started", {"run_id": f"r{number}"}, session=f"s{number}", user=f"u{number}")
        exposer.emit("agent_completed", {"run_id": f"r{number}"}, session=f"s{number}", user=f"u{number}")
        exposer.disposed(f"d{number}")
        exposer.monitor.paths[f"http:/{number}"]
        exposer.limit(f"l{number}", 1, 1)
    seen = document(exposer)
    assert [len(seen[rows]) for rows in ("sessions", "dispatchers", "runs", "contexts")] == [
        1000,
        1000,
        1000,
        0,
    ]
    assert [seen[rows] for rows in ("sessionsOmitted", "dispatchersOmitted", "runsOmitted")] == [2000] * 3
    assert (len(lines(exposer)), len(seen["paths"]), len(seen["limits"])) == (500, 256, 256)
    assert not exposer.lifecycle._registrations and not exposer.lifecycle._ids


def test_nothing_raises_into_the_app(clock: Clock) -> None:
    class Hostile:
        def __getattr__(self, name: str) -> Any:
            raise ValueError("no")

        def __str__(self) -> str:
            raise ValueError("no")

        __repr__ = __str__

    exposer = made(clock)
    bad: Any = Hostile()
    exposer.state = exposer.monitor.paths.reader.state = bad
    exposer.emit(bad)
    exposer.emit("agent_started", {"run_id": bad}, user=bad)
    exposer.created(bad, path=bad, user=bad)
    exposer.disposed(bad)
    exposer.observe(bad, tool_classes=bad)
    exposer.path(bad, kind="nonsense", expected="nonsense", attributes={"a": bad})
    exposer.requires(bad, path=bad)
    exposer.limit("x", bad, bad)
    exposer.watch_sends(bad, "send")
    with exposer.creation("http", user=bad, session=bad) as creation:
        creation.dispatcher(bad)
    document(exposer)
    assert exposer.monitor.failures > 0


def test_a_live_fix_is_published(clock: Clock) -> None:
    exposer = made(clock, tool_dispatcher=None)
    document(exposer)
    exposer.state.tool_classes = [int, str]
    exposer.monitor.observe()
    changes = [event["value"] for event in lines(exposer) if event.get("name") == "ctxtop.path"]
    verdicts = [change["detected"] for change in changes if change["path"] == "http"]
    assert verdicts == ["hollow", "factory"]


def test_startup_phases_come_from_app_state(clock: Clock) -> None:
    timings = {"init": {"start_time": 1, "duration": 0.25}, "websocket": {"start_time": 2, "duration": 0.5}}
    exposer = made(clock, startup_phase="websocket", startup_phase_timings=timings, startup_completed_phases=["init"],
                   startup_failed_phases=["websocket"], startup_error="Phase websocket failed: token=abc")  # fmt: skip
    assert document(exposer)["startup"] == {
        "phase": "websocket", "error": "Phase websocket failed: token=[REDACTED]",
        "phases": [{"name": "init", "status": "ok", "ms": 250.0}, {"name": "websocket", "status": "failed", "ms": 500.0}],
    }  # fmt: skip


def test_expected_is_declared_or_signalled(clock: Clock) -> None:
    signalled, declared, silent = (
        made(clock, **FACTORY),
        made(clock, **FACTORY),
        made(clock, tool_dispatcher=Tools()),
    )
    declared.path("http", expected="singleton")
    targets = [
        next(path["expected"] for path in document(exposer)["paths"] if path["path"] == "http")
        for exposer in (signalled, declared, silent)
    ]
    assert targets == ["factory", "singleton", "unknown"]


def test_plain_asgi_apps_have_no_state() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return None

    exposer = Exposer(app, attributes={"tool_classes": "x"})
    assert document(exposer)["paths"] == []


EXAMPLES = {
    event["name"]: event["value"]
    for event in map(json.loads, (ROOT / "Tests/Examples/custom-events.ndjson").read_text().splitlines())
}


def ended_calls(exposer: Exposer) -> list[tuple[str, bool]]:
    values = [event["value"] for event in lines(exposer) if event.get("name") == "ctxtop.dispatcher"]
    return [(value["tool"], value["succeeded"]) for value in values if "tool" in value]


def test_the_end_of_a_call_names_its_tool(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    with exposer.creation("http", user="ada", session="s") as creation:
        creation.dispatcher(Tools())
    exposer.emit("agent_started", {"run_id": "r"})
    exposer.emit("tool_executing", {"run_id": "r", "tool_name": "look up"})
    exposer.emit("tool_executing", {"run_id": "r", "tool_name": "send"})
    exposer.emit("tool_completed", {"run_id": "r", "tool_name": "send", "error": "refused"})
    exposer.emit("tool_completed", {"run_id": "r", "tool_name": "look up"})
    assert ended_calls(exposer) == [("send", False), ("look up", True)]


def test_our_own_events_have_the_members_of_the_examples(clock: Clock) -> None:
    exposer = made(clock, **FACTORY)
    with exposer.creation("http", user="ada", session="s") as creation:
        creation.dispatcher(Tools())
    exposer.emit("agent_started", {"run_id": "r"})
    exposer.emit("tool_executing", {"run_id": "r", "tool_name": "look up"})
    exposer.emit("tool_completed", {"run_id": "r", "tool_name": "look up"})
    with pytest.raises(RuntimeError), exposer.creation("http", user="bob", session="t"):
        raise RuntimeError("no bridge")
    customs = [event for event in lines(exposer) if event["type"] == "CUSTOM"]
    seen = {event["name"] for event in customs}
    assert {"ctxtop.session", "ctxtop.dispatcher", "ctxtop.creation"} <= seen
    for event in customs:
        example = EXAMPLES.get(event["name"])
        for member, value in event["value"].items() if example is not None else ():
            assert type(value) is type(example[member]), f"{event['name']}.{member}"
