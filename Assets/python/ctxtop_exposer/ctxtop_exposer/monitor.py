"""Everything that is known of the app, and the rules by which it changes; calls may come from any thread."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from typing import Any, Callable

from .clock import now_ms, rfc3339, uuid7
from .grammar import WORDS
from .history import History
from .pathbook import PathBook
from .payloads import name, redact
from .records import Context, Dispatcher, Run, Session, Table
from .ring import Ring, event_line

#: Of how many open calls a run remembers the tools; as many as calls without an id of their own.
MAXIMUM_OPEN_CALLS = 100

Fields = Mapping[str, Any]
About = dict[str, Any]


class Monitor:
    """The app's sessions, contexts, dispatchers, runs, paths and events."""

    def __init__(self, paths: PathBook, expose_payloads: bool, clock: Callable[[], int] = now_ms) -> None:
        self.paths, self.expose_payloads, self.now = paths, expose_payloads, clock
        self.lock = threading.RLock()
        self.instance = self.boot_id = ""
        self.begin()

    def begin(self) -> None:
        """Starts from nothing: at the beginning of a process, and in a process that was forked."""
        self.lock = threading.RLock()
        self.instance = f"{socket.gethostname()}-{os.getpid()}"
        self.boot_id = uuid7()
        self.started_at = self.now()
        self.startup: dict[str, Any] = {"phase": "starting", "phases": []}
        self.sessions: Table[Session] = Table()
        self.dispatchers: Table[Dispatcher] = Table()
        self.runs: Table[Run] = Table()
        self.contexts: Table[Context] = Table()
        self.limits: dict[str, dict[str, int]] = {}
        self.history = History()
        self.ring = Ring()
        self.undelivered = self.ignored = self.failures = 0
        self.listeners: set[Callable[[], None]] = set()

    def id(self, number: int) -> str:
        """The resume point of an event."""
        return f"{self.boot_id}-{number}"

    def wake(self) -> None:
        """Tells the open streams that there may be news."""
        for listener in list(self.listeners):
            listener()

    # Events

    def publish(self, kind: str, fields: Fields, about: About, seq: int, at: int, hidden: int = 0) -> None:
        """Puts one event into the ring; the lock is held."""
        ring = self.ring
        ring.append(event_line(at, kind, fields, about, seq, f"{self.boot_id}-{ring.next_number}", hidden))
        self.history.event(at, about.get("path"), len(self.sessions.live))

    def custom(self, custom_name: str, value: Fields, about: About, at: int) -> None:
        """Publishes a `ctxtop.*` event, outside of any run; the lock is held."""
        seq = -1
        session = self.sessions.live.get(about.get("session") or "")
        if session is not None:
            seq = session.next_seq
            session.next_seq += 1
        self.publish("CUSTOM", {"name": custom_name, "value": value}, about, seq, at)

    def agent_event(
        self, kind: str, fields: Fields, about: About, at: int, agent: str | None, failed: bool = False
    ) -> None:
        """Publishes one AG-UI event of a session or run; the lock is held."""
        hidden = 0
        if not self.expose_payloads:
            fields, hidden = redact(fields)
        session = self._session(about, at)
        run = self._run(kind, about, agent, at)
        self._note_session(session, kind, fields, at)
        seq = -1
        if run is not None:
            self._note_run(run, kind, fields, about, at)
            seq = run.next_seq
            run.next_seq += 1
            if kind == "RUN_STARTED" and run.agent is not None:
                about = {**about, "agent": run.agent}
        elif session is not None:
            seq = session.next_seq
            session.next_seq += 1
        self.publish(kind, fields, about, seq, at, hidden)
        if kind in ("TOOL_CALL_START", "TOOL_CALL_RESULT"):
            self._note_tool(kind, self._tool(run, kind, fields), about, at, failed)

    def _session(self, about: About, at: int) -> Session | None:
        id = about.get("session")
        if id is None:
            return None
        session = self.sessions.live.get(id)
        return session or self.open_session(id, about.get("user") or "anonymous", about.get("path"), at)

    def open_session(self, id: str, user: str, path: str | None, at: int) -> Session:
        """Enters a session; one that makes room for it is counted as omitted."""
        session = Session(id, user, path, at)
        self.sessions.add(id, session)
        self.custom("ctxtop.session", {"change": "opened", "state": session.state}, self.about(session), at)
        return session

    def about(self, session: Session) -> About:
        """Whom an event of that session is about."""
        about: About = {"user": session.user, "session": session.id}
        if session.path is not None:
            about["path"] = session.path
        if session.dispatcher is not None:
            about["dispatcher"] = session.dispatcher
        return about

    def _run(self, kind: str, about: About, agent: str | None, at: int) -> Run | None:
        id = about.get("run")
        if id is None:
            return None
        run = self.runs.get(id)
        if run is None:
            run = Run(id, about, agent, at)
            self.runs.add(id, run)
            session = self.sessions.live.get(about.get("session") or "")
            if session is not None:
                session.open_runs.add(id)
        return run

    def _note_run(self, run: Run, kind: str, fields: Fields, about: About, at: int) -> None:
        run.events += 1
        run.grammar.apply(kind, str(fields.get("toolCallId", "")))
        user = about.get("user")
        if user is not None and run.user is not None and user != run.user:
            run.grammar.note("delivered to another user")
        if run.state == "open" and kind in ("RUN_FINISHED", "RUN_ERROR"):
            outcome = fields.get("outcome")
            cancelled = isinstance(outcome, Mapping) and outcome.get("type") == "cancelled"
            run.state = "failed" if kind == "RUN_ERROR" else "cancelled" if cancelled else "completed"
            if kind == "RUN_ERROR":
                self.history.error(at)
            self.history.run(at, at - run.started_at)
            self.runs.end(run.id)
            session = self.sessions.live.get(run.session or "")
            if session is not None:
                session.open_runs.discard(run.id)

    @staticmethod
    def _note_session(session: Session | None, kind: str, fields: Fields, at: int) -> None:
        if session is None:
            return
        session.last_event_at = at
        state = session.state
        if kind == "RUN_STARTED":
            session.runs += 1
            session.seen = []
            state = "running"
        elif kind == "RUN_FINISHED":
            outcome = fields.get("outcome")
            is_waiting = isinstance(outcome, Mapping) and outcome.get("type") == "interrupt"
            state = "waiting" if is_waiting else "idle"
        elif kind == "RUN_ERROR":
            state = "error"
        word = WORDS.get(kind)
        if word is not None and word not in session.seen:
            session.seen = [*session.seen, word]
        if state != session.state:
            session.state, session.since = state, at

    # Dispatchers

    @staticmethod
    def _tool(run: Run | None, kind: str, fields: Fields) -> str:
        """The name of the tool that a call's event is about; a result has only the call's id."""
        named = fields.get("toolCallName")
        call = str(fields.get("toolCallId", ""))
        if run is None:
            return str(named or "tool")
        if kind == "TOOL_CALL_START":
            if len(run.tools) < MAXIMUM_OPEN_CALLS:
                run.tools[call] = str(named or "tool")
            return str(named or "tool")
        return run.tools.pop(call, str(named or "tool"))

    def _note_tool(self, kind: str, tool: str, about: About, at: int, failed: bool) -> None:
        dispatcher = self.dispatchers.live.get(about.get("dispatcher") or "")
        if dispatcher is None:
            return
        dispatcher.own(about.get("user"))
        dispatcher.last_used_at = at
        if kind == "TOOL_CALL_START":
            dispatcher.in_flight += 1
            self.move(dispatcher, "executing", f"{tool} began", at)
            return
        dispatcher.in_flight = max(0, dispatcher.in_flight - 1)
        if failed:
            dispatcher.failed += 1
        else:
            dispatcher.executed += 1
        to = dispatcher.state
        if dispatcher.in_flight == 0:
            to = "active" if dispatcher.is_shared_by_design else "idle"
        reason = f"{tool} {'failed' if failed else 'done'}"
        self.move(dispatcher, to, reason, at, {"tool": name(tool), "succeeded": not failed})

    def move(self, dispatcher: Dispatcher, to: str, reason: str, at: int, ended: Fields | None = None) -> None:
        """Moves a dispatcher in its lifecycle and publishes it; `ended` is the call that this ends. The lock is held."""
        came, dispatcher.state = dispatcher.state, to
        if len(dispatcher.audit) >= 100:
            del dispatcher.audit[1]
        dispatcher.audit.append({"at": at, "from": came, "to": to, "reason": reason})
        value = {
            "id": dispatcher.id,
            "from": came,
            "to": to,
            "reason": name(reason),
            **(ended or {}),
            "pattern": dispatcher.pattern,
            "inFlight": dispatcher.in_flight,
            "executed": dispatcher.executed,
            "failed": dispatcher.failed,
            "owners": list(dispatcher.owners),
        }
        about: About = {"dispatcher": dispatcher.id}
        if dispatcher.user is not None:
            about["user"] = dispatcher.user
        if dispatcher.session is not None:
            about["session"] = dispatcher.session
        self.custom("ctxtop.dispatcher", value, about, at)

    # Paths

    def observe(self, path: str | None = None) -> None:
        """Reads the evidence of one path or of all anew, and publishes what changed."""
        with self.lock:
            at = self.now()
            entries = list(self.paths.paths.values()) if path is None else [self.paths[path]]
            for entry in entries:
                if entry.observe(self.paths.reader, at):
                    self.custom("ctxtop.path", entry.wire(), {"path": entry.path}, at)
                    self.wake()

    def audit(self, dispatcher: Dispatcher) -> list[dict[str, Any]]:
        """The dispatcher's past in the wire's shape."""
        return [{**step, "at": rfc3339(step["at"])} for step in dispatcher.audit]
