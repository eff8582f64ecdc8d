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
from .records import Context, Dispatcher, Key, OwnedTable, Run, Session, Table, key
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
        self.sessions: OwnedTable[Session] = OwnedTable()
        self.dispatchers: Table[str, Dispatcher] = Table()
        self.runs: OwnedTable[Run] = OwnedTable()
        self.contexts: OwnedTable[Context] = OwnedTable()
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
        session = self.live_session(about.get("session"), about.get("user"))
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
        run, crosses = self.find_run(kind, about)
        session = self._session(about, at, crosses)
        if not crosses:
            run = self._begin_run(run, kind, about, agent, session, at)
        self._note_session(session, kind, fields, at)
        seq = -1
        if run is not None:
            self._note_run(run, kind, fields, crosses, at)
            seq = run.next_seq
            run.next_seq += 1
            if kind == "RUN_STARTED" and run.agent is not None:
                about = {**about, "agent": run.agent}
        elif session is not None:
            seq = session.next_seq
            session.next_seq += 1
        self.publish(kind, fields, about, seq, at, hidden)
        if kind in ("TOOL_CALL_START", "TOOL_CALL_RESULT"):
            self._note_tool(kind, self._tool(run, kind, fields), about, at, failed, crosses)

    def session_key(self, id: str, user: str | None) -> Key:
        """The session that an event means: its user's, else that of the only user who has one of that id."""
        if user is not None:
            return (user, id)
        owners = self.sessions.owners(id)
        return (owners[0] if len(owners) == 1 else "anonymous", id)

    def live_session(self, id: str | None, user: str | None) -> Session | None:
        """The same session, while it lives."""
        return None if id is None else self.sessions.live.get(self.session_key(id, user))

    def _session(self, about: About, at: int, crosses: bool) -> Session | None:
        id, user = about.get("session"), about.get("user")
        session = self.live_session(id, user)
        if session is not None or id is None or crosses:
            return session
        return self.open_session(id, user or "anonymous", about.get("path"), at)

    def open_session(self, id: str, user: str, path: str | None, at: int) -> Session:
        """Enters a session; one that makes room for it is counted as omitted."""
        session = Session(id, user, path, at)
        self.sessions.add(session.key, session)
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

    def find_run(self, kind: str, about: About) -> tuple[Run | None, bool]:
        """The run that an event belongs to, and whether it was delivered to another user than the run's.

        The crossing rule: an event names a user B, a run R and mostly a dispatcher D and a session S.
        It belongs to the open run R of another user A when one of these is true:
        1. A's run was started on D. D is known, is not a singleton and has never served B.
        2. B has no run R, open or among the last that ended, and the event does not start one. A is the
           only user whose run R was started on D, or belongs to a session S where B has no session S.
        Every other event is B's own. An event without a user never crosses.
        """
        id, user = about.get("run"), about.get("user")
        if id is None:
            return None, False
        own = self.runs.get(key(id, user))
        if user is None:
            owners = self.runs.owners(id, live=False) if own is None else []
            return (self.runs.get((owners[0], id)) if len(owners) == 1 else own), False
        dispatcher = about.get("dispatcher")
        is_open = own is not None and own.state == "open"
        if own is not None and is_open and (dispatcher is None or dispatcher == own.dispatcher):
            return own, False
        foreign = self._foreign_run(about, id, user, own is not None or kind == "RUN_STARTED")
        if foreign is not None:
            return foreign, True
        return own or self.runs.live.get(key(id, None)), False

    def _foreign_run(self, about: About, id: str, user: str, is_known: bool) -> Run | None:
        named = about.get("dispatcher")
        dispatcher = self.dispatchers.live.get(named or "")
        is_proven = dispatcher is not None and not dispatcher.has_served(user)
        if is_known and not is_proven:
            return None
        owners = [owner for owner in self.runs.owners(id) if owner not in ("", user)]
        others = [self.runs.live[owner, id] for owner in owners]
        on_it = [run for run in others if named is not None and run.dispatcher == named]
        if is_proven and on_it:
            return on_it[0]
        if is_known:
            return None
        session = about.get("session")
        lacks_session = session is not None and (user, session) not in self.sessions.live
        near = [run for run in others if run in on_it or (lacks_session and run.session == session)]
        return near[0] if len(near) == 1 else None

    def _begin_run(
        self, run: Run | None, kind: str, about: About, agent: str | None, session: Session | None, at: int
    ) -> Run | None:
        """The run that was found, or a new one where there is none, or where one that ended starts again."""
        id = about.get("run")
        if id is None or (run is not None and (run.state == "open" or kind != "RUN_STARTED")):
            return run
        run = Run(id, about, agent, at)
        self.runs.add(run.key, run)
        if session is not None:
            run.session_key = session.key
            session.open_runs.add(run.key)
        return run

    def _note_run(self, run: Run, kind: str, fields: Fields, crosses: bool, at: int) -> None:
        run.events += 1
        run.grammar.apply(kind, str(fields.get("toolCallId", "")))
        if crosses:
            run.grammar.note("delivered to another user")
        if run.state == "open" and kind in ("RUN_FINISHED", "RUN_ERROR"):
            outcome = fields.get("outcome")
            cancelled = isinstance(outcome, Mapping) and outcome.get("type") == "cancelled"
            run.state = "failed" if kind == "RUN_ERROR" else "cancelled" if cancelled else "completed"
            if kind == "RUN_ERROR":
                self.history.error(at)
            self.history.run(at, at - run.started_at)
            self.runs.end(run.key)
            session = self.sessions.live.get(run.session_key or ("", ""))
            if session is not None:
                session.open_runs.discard(run.key)

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

    def _note_tool(
        self, kind: str, tool: str, about: About, at: int, failed: bool, crosses: bool
    ) -> None:
        dispatcher = self.dispatchers.live.get(about.get("dispatcher") or "")
        if dispatcher is None:
            return
        if not crosses:  # A crossed event does not show which user the dispatcher serves.
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
