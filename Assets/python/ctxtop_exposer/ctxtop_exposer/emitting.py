"""Takes one event of the app: whose it is, what it means, and into the monitor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .clock import parse_moment
from .envelopes import ALIASES, Envelope, read
from .lifecycle import Registration, current_registration
from .monitor import About, Monitor
from .payloads import name
from .translate import is_agent_event, steps

#: An event's own time is believed when it is at most this far from now, in milliseconds.
_BELIEVED = 600_000


def emit(monitor: Monitor, event: object, body: object | None, given: Mapping[str, Any]) -> bool:
    """Publishes an event in any known shape; false when it is no agent's event."""
    envelope = read(event, body)
    if envelope is None or not is_agent_event(envelope.type):
        monitor.ignored += 1
        return False
    now = monitor.now()
    said = parse_moment(envelope.timestamp)
    at = said if said is not None and abs(said - now) <= _BELIEVED else now
    with monitor.lock:
        about = _about(monitor, envelope, given)
        run_id = _run(monitor, envelope, about, given)
        agent = given.get("agent") or envelope.get("agent")
        run, _ = monitor.find_run("", about)
        session = about.get("session") or run_id or ""
        for step in steps(envelope, run, session, run_id or session):
            monitor.agent_event(
                step.kind, step.fields, about, at, None if agent is None else name(agent), step.failed
            )
    monitor.wake()
    return True


def _about(monitor: Monitor, envelope: Envelope, given: Mapping[str, Any]) -> About:
    """The ids: what the caller says, else the event, else the context that this task works for."""
    about: About = {}
    metadata: Any = envelope.outer.get("metadata")
    has_metadata = isinstance(metadata, Mapping)
    for field in ("user", "session", "path", "dispatcher"):
        value = given.get(field)
        if value is None and has_metadata:
            value = metadata.get(field)
        if value is None and field in ("user", "session"):
            value = envelope.get(field)
        if value is not None:
            about[field] = name(value)
    entry = current_registration.get()
    mine: About = {}
    if entry is not None and _means(about, entry):
        mine = {"user": entry.user, "session": entry.session, "path": entry.path}
        # A task may have inherited its context, so what it sends in another user's name proves no dispatcher.
        if about.get("user", entry.user) == entry.user:
            mine["dispatcher"] = entry.dispatcher
    meant = {**mine, **about}
    known = monitor.live_session(meant.get("session"), meant.get("user"))
    return meant if known is None else {**monitor.about(known), **about}


def _means(about: About, entry: Registration) -> bool:
    """Whether an event that says this much is about the context that this task works for."""
    if "session" not in about:
        return True
    return (entry.session, entry.user) == (about["session"], about.get("user", entry.user))


def _run(monitor: Monitor, envelope: Envelope, about: About, given: Mapping[str, Any]) -> str | None:
    """The run's id; a session whose events name none gets one for each start."""
    metadata = envelope.outer.get("metadata")
    said = given.get("run") or envelope.get("run")
    if said is None and isinstance(metadata, Mapping):
        said = metadata.get("run")
    if said is None:
        session = monitor.live_session(about.get("session"), about.get("user"))
        word = ALIASES.get(envelope.type, envelope.type)
        is_start = word in ("agent_started", "RUN_STARTED")
        if session is None and about.get("session") is not None:
            user, path = about.get("user") or "anonymous", about.get("path")
            session = monitor.open_session(about["session"], user, path, monitor.now())
        if session is None:
            return None
        if is_start:
            session.synthetic_run = f"{session.id}#{session.runs + 1}"
        said = session.synthetic_run
    if said is None:
        return None
    run = name(said)
    about["run"] = run
    return run
