"""The documents of the snapshot and context routes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .checklist import checklist
from .clock import rfc3339
from .health import health
from .monitor import Monitor
from .payloads import name, scrub


def startup(monitor: Monitor, state: object) -> dict[str, Any]:
    """How start-up went: from `app.state.startup_*` where the app keeps that, else as it was seen."""
    own: dict[str, Any] = {"phase": monitor.startup["phase"], "phases": list(monitor.startup["phases"])}
    if monitor.startup.get("error"):
        own["error"] = scrub(monitor.startup["error"])
    try:
        timings = getattr(state, "startup_phase_timings", None)
        phase = getattr(state, "startup_phase", None)
        failed = set(getattr(state, "startup_failed_phases", None) or ())
        completed = set(getattr(state, "startup_completed_phases", None) or ())
        error = getattr(state, "startup_error", None)
        if phase is not None:
            own["phase"] = name(getattr(phase, "value", phase))
        if error:
            own["error"] = scrub(error)
        if isinstance(timings, Mapping) and timings:
            own["phases"] = [_phase(key, timings[key], failed, completed) for key in list(timings)[:50]]
    except Exception:  # The app's own attributes may be anything.
        pass
    return own


def _phase(key: object, timing: object, failed: Any, completed: Any) -> dict[str, Any]:
    text = name(getattr(key, "value", key))
    is_failed, is_done = key in failed or text in failed, key in completed or text in completed
    row: dict[str, Any] = {"name": text, "status": "failed" if is_failed else "ok" if is_done else "running"}
    took = timing.get("duration") if isinstance(timing, Mapping) else None
    if isinstance(took, (int, float)) and took >= 0:
        row["ms"] = round(took * 1000, 3)
        if row["status"] == "running":
            row["status"] = "ok"
    return row


def snapshot(monitor: Monitor, title: str, version: str | None, state: object) -> dict[str, Any]:
    """The whole state at one moment, complete up to its `lastEventId`."""
    monitor.observe()
    with monitor.lock:
        now = monitor.now()
        paths = [entry.wire() for entry in monitor.paths.ordered()]
        document: dict[str, Any] = {"name": name(title)}
        if version:
            document["version"] = name(version)
        document.update(
            instance=monitor.instance,
            bootId=monitor.boot_id,
            startedAt=rfc3339(monitor.started_at),
            startup=startup(monitor, state),
            health=health(monitor),
            paths=paths,
            sessions=[session.wire() for session in monitor.sessions.rows()],
            dispatchers=[dispatcher.wire(now) for dispatcher in monitor.dispatchers.rows()],
            runs=[run.wire() for run in monitor.runs.rows()],
            contexts=[context.wire() for context in monitor.contexts.live.values()],
            limits={key: dict(value) for key, value in monitor.limits.items()},
            checklist=checklist(paths),
            sessionsOmitted=monitor.sessions.omitted,
            dispatchersOmitted=monitor.dispatchers.omitted,
            runsOmitted=monitor.runs.omitted,
            lastEventId=monitor.id(monitor.ring.next_number - 1),
            history=monitor.history.wire(now),
        )
        return document


class SeveralOwners(Exception):
    """Several users have what was asked for, and none of them was named."""

    def __init__(self, owners: list[str]) -> None:
        super().__init__(f"{len(owners)} users")
        self.owners = owners


def context(monitor: Monitor, id: str, user: str | None) -> dict[str, Any] | None:
    """One context whole: ids, dispatcher with its past, and the newest events of its session.

    `user` may be None where one user only has a context of that id; else `SeveralOwners` is raised.
    """
    with monitor.lock:
        owners = monitor.contexts.owners(id) if user is None else [user]
        if len(owners) > 1:
            raise SeveralOwners(owners)
        found = monitor.contexts.live.get((owners[0], id)) if owners else None
        if found is None:
            return None
        document = found.wire()
        dispatcher = monitor.dispatchers.get(found.dispatcher)
        if dispatcher is not None:
            document["dispatcherRecord"] = dispatcher.wire(monitor.now())
        document["audit"] = monitor.audit(dispatcher) if dispatcher is not None else []
        lines = monitor.ring.newest(found.user, found.session, 200) if found.session is not None else []
        document["limits"] = {key: dict(value) for key, value in monitor.limits.items()}
    document["events"] = [json.loads(line) for line in lines]
    return document
