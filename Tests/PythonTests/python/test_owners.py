"""Ids belong to their users: two users may call their sessions, runs and contexts by the same names."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clock, lines
from ctxtop_exposer import Exposer
from ctxtop_exposer.snapshot import snapshot
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient

ROOT = "/monitor/v1"
RUN = ["agent_started", "tool_executing", "tool_completed", "agent_completed"]
CROSSED = ["delivered to another user"]


def made(clock: Clock, **state: Any) -> Exposer:
    app = FastAPI()
    for name, value in {"tool_classes": [int], "tool_dispatcher": None, **state}.items():
        setattr(app.state, name, value)
    exposer = Exposer(app, paths=["websocket", "http"], insecure_loopback=True)
    exposer.monitor.now = clock
    exposer.monitor.begin()
    return exposer


def document(exposer: Exposer) -> Any:
    return snapshot(exposer.monitor, "test", None, exposer.state)


def created(exposer: Exposer, user: str, session: str = "s", dispatcher: object | None = None) -> Any:
    return exposer.created(dispatcher or f"d-{user}", path="http", user=user, session=session, context="c")


def emit(exposer: Exposer, kind: str, user: str | None, session: str | None = "s", **more: Any) -> None:
    exposer.emit(kind, {"run_id": "r", "tool_name": "t"}, user=user, session=session, **more)


def violations(exposer: Exposer) -> dict[Any, Any]:
    return {run["user"]: run["violations"] for run in document(exposer)["runs"]}


def test_two_users_of_the_same_names_do_not_meet(clock: Clock) -> None:
    exposer = made(clock)
    users = ["ada", "bob"]
    for user in users:
        created(exposer, user)
    for kind in RUN:
        for user in users:
            emit(exposer, kind, user)
    seen = document(exposer)
    assert [(run["user"], run["grammar"], run["state"]) for run in seen["runs"]] == [
        ("ada", "ok", "completed"),
        ("bob", "ok", "completed"),
    ]
    assert [(row["user"], row["runs"], row["dispatcher"]) for row in seen["sessions"]] == [
        ("ada", 1, "d-ada"),
        ("bob", 1, "d-bob"),
    ]
    assert [row["owners"] for row in seen["dispatchers"]] == [["ada"], ["bob"]]
    assert [row["user"] for row in seen["contexts"]] == users
    for user in users:
        events = [line["metadata"] for line in lines(exposer) if line["metadata"].get("user") == user]
        assert [event["seq"] for event in events if "run" in event] == list(range(5))
        assert {event["dispatcher"] for event in events if "run" in event} == {f"d-{user}"}


def test_what_ends_for_one_user_goes_on_for_the_other(clock: Clock) -> None:
    exposer = made(clock)
    for user in ("ada", "bob"):
        created(exposer, user)
        emit(exposer, "agent_started", user)
    exposer.disposed("d-bob", "closed")
    seen = document(exposer)
    assert [(row["user"], row["state"]) for row in seen["sessions"]] == [("ada", "running"), ("bob", "ended")]
    assert [(row["user"], row["state"]) for row in seen["runs"]] == [("ada", "open"), ("bob", "lost")]
    assert [row["user"] for row in seen["contexts"]] == ["ada"]
    # The names may be used again, and the first user's are as they were.
    created(exposer, "bob", dispatcher="d-bob-2")
    for kind in RUN:
        emit(exposer, kind, "bob")
    for kind in RUN[1:]:
        emit(exposer, kind, "ada")
    assert violations(exposer) == {"ada": [], "bob": []}
    assert {row["user"]: row["state"] for row in document(exposer)["runs"]} == dict.fromkeys(
        ("ada", "bob"), "completed"
    )


def test_a_leak_is_its_own_users(clock: Clock) -> None:
    exposer = made(clock)
    for user in ("ada", "bob"):
        created(exposer, user)
    exposer.lifecycle.end_session(("bob", "s"), "gone")
    clock.now += 30_001
    assert {row["id"]: row["state"] for row in document(exposer)["dispatchers"]} == {
        "d-ada": "active",
        "d-bob": "leaked",
    }


@pytest.mark.parametrize(
    ("own", "session", "dispatcher", "crosses"),
    [
        # Rule 1: her own dispatcher proves it, whatever bob has.
        ("none", "s", "d-ada", True),
        ("open", "s", "d-ada", True),
        ("ended", "s", "d-ada", True),
        # His own dispatcher, and one that is not known, prove nothing.
        ("open", "s", "d-bob", False),
        ("ended", "s", "d-bob", False),
        ("open", "s", None, False),
        ("none", "s", "d-none", False),
        # Rule 2: a session that bob does not have, for a run that bob does not have.
        ("none", "s-ada", None, True),
        ("open", "s-ada", None, False),
        ("ended", "s-ada", None, False),
        ("none", "s", None, False),
        ("none", "s-none", None, False),
    ],
)
def test_an_event_crosses_by_more_than_its_name(
    clock: Clock, own: str, session: str, dispatcher: str | None, crosses: bool
) -> None:
    exposer = made(clock)
    created(exposer, "ada", "s-ada" if session == "s-ada" else "s")
    emit(exposer, "agent_started", "ada", "s-ada" if session == "s-ada" else "s")
    created(exposer, "bob")
    if own != "none":
        emit(exposer, "agent_started", "bob")
    if own == "ended":
        emit(exposer, "agent_completed", "bob")
    emit(exposer, "agent_thinking", "bob", session, dispatcher=dispatcher)
    assert (violations(exposer)["ada"] == CROSSED) == crosses
    assert CROSSED[0] not in violations(exposer).get("bob", [])
    # Nothing was opened in bob's name for an event that is not his.
    has_other = any(row["user"] == "bob" and row["id"] != "s" for row in document(exposer)["sessions"])
    assert has_other == (session != "s" and not crosses)


def test_a_crossed_tool_event_shares_no_dispatcher(clock: Clock) -> None:
    exposer = made(clock)
    for user in ("ada", "bob"):
        created(exposer, user)
        emit(exposer, "agent_started", user)
    emit(exposer, "tool_executing", "bob", dispatcher="d-ada")
    assert violations(exposer) == {"ada": CROSSED, "bob": []}
    assert [row["owners"] for row in document(exposer)["dispatchers"]] == [["ada"], ["bob"]]


def test_a_shared_singleton_proves_nothing_by_itself(clock: Clock) -> None:
    tools = object()
    exposer = made(clock, tool_classes=None, tool_dispatcher=tools)
    for user in ("ada", "bob"):
        created(exposer, user, dispatcher=tools)
    for kind in RUN:
        for user in ("ada", "bob"):
            emit(exposer, kind, user)
    emit(exposer, "agent_completed", "bob")
    assert violations(exposer) == {"ada": [], "bob": ["duplicate"]}


def test_a_task_speaks_for_its_own_context(clock: Clock) -> None:
    exposer = made(clock)
    for user in ("bob", "ada"):
        created(exposer, user)
        exposer.emit("agent_started", {"run_id": "r"}, session="s")
    assert {row["user"]: row["runs"] for row in document(exposer)["sessions"]} == {"ada": 1, "bob": 1}
    # Bob has a run of that name, so a message for him out of ada's task is his run's.
    exposer.emit("agent_completed", {"run_id": "r"}, user="bob")
    assert violations(exposer) == {"ada": [], "bob": []}
    # A user who has neither the run nor the task's session gets a message of ada's run.
    exposer.emit("agent_thinking", {"run_id": "r"}, user="eve")
    assert violations(exposer) == {"ada": CROSSED, "bob": []}


def test_an_event_without_a_user_is_the_only_owners(clock: Clock) -> None:
    exposer = made(clock)
    emit(exposer, "agent_started", "ada")
    emit(exposer, "agent_thinking", None)
    assert [(row["user"], row["events"]) for row in document(exposer)["runs"]] == [("ada", 2)]
    emit(exposer, "agent_completed", None)
    emit(exposer, "agent_completed", None)
    assert violations(exposer) == {"ada": ["duplicate"]}


def test_a_connection_ends_its_own_users_sessions() -> None:
    app = FastAPI()
    exposer = Exposer(app, insecure_loopback=True)

    @app.websocket("/ws/{user}")
    async def chat(socket: WebSocket, user: str) -> None:
        await socket.accept()
        created(exposer, user)
        await socket.send_text("hello")
        await socket.receive_text()

    client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000))
    with client.websocket_connect("/ws/ada") as adas:
        adas.receive_text()
        with client.websocket_connect("/ws/bob") as bobs:
            bobs.receive_text()
            bobs.send_text("bye")
        assert list(exposer.monitor.sessions.live) == [("ada", "s")]
        adas.send_text("bye")
    assert list(exposer.monitor.sessions.ended) == [("bob", "s"), ("ada", "s")]


def test_a_context_of_several_users_needs_the_name_of_one(clock: Clock) -> None:
    exposer = made(clock)
    users = ["ada", "bob+x@acme.io"]
    for user in users:
        created(exposer, user)
        emit(exposer, "agent_started", user)
    client = TestClient(exposer.app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000))
    answer = client.get(ROOT + "/contexts/c")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json()["owners"] == users
    assert answer.json()["detail"] == "2 users have that id; add ?user=NAME with one of the owners"
    for user, query in zip(users, ["ada", "bob+x%40acme.io"]):
        found = client.get(f"{ROOT}/contexts/c?user={query}").json()
        assert found["user"] == user
        assert len(found["events"]) >= 3
        assert {event["metadata"]["user"] for event in found["events"]} == {user}
    assert client.get(ROOT + "/contexts/c?user=eve").status_code == 404
    exposer.disposed("d-ada")
    assert client.get(ROOT + "/contexts/c").json()["user"] == users[1]
    assert client.get(ROOT + "/contexts/none").status_code == 404


def test_the_index_of_owners_is_bounded(clock: Clock) -> None:
    exposer = made(clock)
    for number in range(3_000):
        user = f"u{number}"
        entry = created(exposer, user, f"s{number % 7}")
        emit(exposer, "agent_started", user, f"s{number % 7}")
        exposer.disposed(entry)
    for table in (exposer.monitor.sessions, exposer.monitor.runs, exposer.monitor.contexts):
        held = sum(len(users) for users in table._holders.values())
        assert held == len(table.live) + len(table.ended) <= 1000
