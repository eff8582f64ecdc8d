"""Contexts and dispatchers come and go: what `created`, `disposed` and `creation` do."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any, NamedTuple

from .clock import uuid7
from .monitor import About, Monitor
from .payloads import name, scrub
from .records import Context, Dispatcher, Key


class Registration(NamedTuple):
    """What `created` entered; give it, or the dispatcher itself, to `disposed`."""

    context: str
    session: str
    user: str
    path: str
    dispatcher: str

    @property
    def session_key(self) -> Key:
        """The session's user and id."""
        return (self.user, self.session)


class Connection:
    """One WebSocket, for as long as the app serves it."""

    __slots__ = ("id", "sessions")

    def __init__(self) -> None:
        self.id = uuid7()
        self.sessions: list[Key] = []

    def carries(self, session: Key) -> None:
        """Notes a session that ends with this connection."""
        if session not in self.sessions and len(self.sessions) < 1000:
            self.sessions.append(session)


#: The WebSocket that this task serves, and the context that it works for.
current_connection: ContextVar[Connection | None] = ContextVar("ctxtop_connection", default=None)
current_registration: ContextVar[Registration | None] = ContextVar("ctxtop_registration", default=None)


class Lifecycle:
    """The registry behind the exposer; every method takes the monitor's lock."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._ids: dict[int, str] = {}
        self._registrations: dict[str, list[Registration]] = {}

    # Identities

    def dispatcher_id(self, dispatcher: object) -> str:
        """The id of a dispatcher: its own text, else one that stays with the object."""
        if isinstance(dispatcher, str):
            return name(dispatcher)
        known = self._ids.get(id(dispatcher))
        if known is not None:
            return known
        fresh = uuid7()
        try:
            weakref.finalize(dispatcher, self._collected, id(dispatcher), fresh).atexit = False
        except TypeError:
            return fresh  # Cannot be watched, so its address may be another's tomorrow.
        self._ids[id(dispatcher)] = fresh
        return fresh

    def _collected(self, address: int, dispatcher: str) -> None:
        """An object is gone that nobody disposed: not leaked, but worth a line in its past."""
        self._ids.pop(address, None)
        with self.monitor.lock:
            if dispatcher in self.monitor.dispatchers.live:
                for entry in self._registrations.pop(dispatcher, []):
                    self._end_context(entry, "collected without being disposed")
                self._dispose(dispatcher, "collected without being disposed")
        self.monitor.wake()

    # Coming

    def created(
        self,
        dispatcher: object | None,
        path: str,
        user: str,
        session: str | None,
        ids: dict[str, Any],
        pattern: str | None = None,
    ) -> Registration:
        """Enters a context with its dispatcher, and the session where it is new."""
        monitor, at = self.monitor, self.monitor.now()
        with monitor.lock:
            path, user = name(path), name(user)
            kept = self.dispatcher_id(dispatcher if dispatcher is not None else uuid7())
            context = Context(name(ids.get("context") or uuid7()), user, at)
            entry = Registration(context.id, name(session or context.id), user, path, kept)
            live = monitor.sessions.live.get(entry.session_key)
            live = live or monitor.open_session(entry.session, user, path, at)
            live.dispatcher, live.context = kept, context.id
            if len(live.dispatchers) < 1000:
                live.dispatchers.add(kept)
            live.path = live.path or path
            connection = current_connection.get()
            if connection is not None:
                connection.carries(entry.session_key)
                context.connection = connection.id
            for key in ("run", "request", "connection"):
                if ids.get(key) is not None:
                    setattr(context, key, name(ids[key]))
            context.deadline = ids.get("deadline")
            context.session, context.path, context.dispatcher = entry.session, path, kept
            monitor.contexts.add(context.key, context)
            self._enter(kept, entry, pattern or monitor.paths[path].judgement, at)
        monitor.wake()
        current_registration.set(entry)
        return entry

    def _enter(self, id: str, entry: Registration, judgement: Any, at: int) -> None:
        monitor = self.monitor
        pattern = judgement if isinstance(judgement, str) else judgement.verdict
        if pattern == "mixed" and getattr(judgement, "wins", None):
            pattern = judgement.wins
        known = monitor.dispatchers.live.get(id)
        registrations = self._registrations.setdefault(id, [])
        if len(registrations) < 10_000:
            registrations.append(entry)
        dispatcher = known or Dispatcher(id, pattern, at)
        dispatcher.own(entry.user)
        if known is None:
            if not dispatcher.is_shared_by_design:
                dispatcher.user, dispatcher.session = entry.user, entry.session
            lost = monitor.dispatchers.add(id, dispatcher)
            if lost is not None:
                self._registrations.pop(lost.id, None)
            monitor.move(dispatcher, "active", f"created for {entry.path}", at)
        elif len(dispatcher.owners) > 1:
            dispatcher.session_ended_at = None
            monitor.move(dispatcher, dispatcher.state, f"also serves {entry.user}", at)

    # Going

    def disposed(self, what: object, reason: str) -> bool:
        """Ends the context, its session where that was the last one, and the dispatcher."""
        with self.monitor.lock:
            if isinstance(what, Registration):
                id, entries = what.dispatcher, [what]
            else:
                id = self.dispatcher_id(what)
                entries = list(self._registrations.get(id, []))
            dispatcher = self.monitor.dispatchers.live.get(id)
            if dispatcher is None and not entries:
                return False
            for entry in entries:
                self._end_context(entry, reason)
            left = [entry for entry in self._registrations.pop(id, []) if entry not in entries]
            if left:
                self._registrations[id] = left
            elif dispatcher is not None and not (dispatcher.is_shared_by_design and entries):
                self._dispose(id, reason)
        self.monitor.wake()
        if current_registration.get() in entries:
            current_registration.set(None)
        return True

    def _dispose(self, id: str, reason: str) -> None:
        dispatcher = self.monitor.dispatchers.live.get(id)
        if dispatcher is not None:
            self.monitor.move(dispatcher, "disposed", reason, self.monitor.now())
            self.monitor.dispatchers.end(id)

    def _end_context(self, entry: Registration, reason: str) -> None:
        monitor = self.monitor
        monitor.contexts.remove((entry.user, entry.context))
        session = monitor.sessions.live.get(entry.session_key)
        if session is not None and session.context in (entry.context, None):
            self.end_session(entry.session_key, reason)

    def end_session(self, key: Key, reason: str) -> None:
        """Ends a session; its open runs are lost and its dispatchers have 30 s left."""
        monitor, at = self.monitor, self.monitor.now()
        session = monitor.sessions.live.get(key)
        if session is None:
            return
        session.state, session.since = "ended", at
        value = {"change": "closed", "state": "ended", "reason": scrub(reason)}
        monitor.custom("ctxtop.session", value, monitor.about(session), at)
        monitor.sessions.end(key)
        for kept in session.dispatchers:
            dispatcher = monitor.dispatchers.live.get(kept)
            if dispatcher is not None and (dispatcher.user, dispatcher.session) == key:
                dispatcher.session_ended_at = at
        for open_run in session.open_runs:
            run = monitor.runs.end(open_run)
            if run is not None:
                run.state = "lost"
                run.grammar.note("missing: agent_completed or agent_error")

    def connection_closed(self, connection: Connection) -> None:
        """Ends the sessions of a WebSocket that is gone; what was not disposed is a leak from now on."""
        if not connection.sessions:
            return
        with self.monitor.lock:
            for session in connection.sessions:
                self.end_session(session, "connection closed")
        self.monitor.wake()

    # Outcomes

    def failed(self, path: str, error: str, user: str | None, session: str | None) -> None:
        """Records a creation that failed; whoever waited for it is shown with an error."""
        monitor, at = self.monitor, self.monitor.now()
        monitor.observe(path)
        with monitor.lock:
            about: About = {"path": name(path)}
            if user is not None and session is not None:
                live = monitor.sessions.live.get((name(user), name(session)))
                live = live or monitor.open_session(name(session), name(user), name(path), at)
                about = monitor.about(live)
                value = {"change": "state", "state": "error", "reason": scrub(error)}
                if live.state != "error":
                    live.state, live.since = "error", at
                    monitor.custom("ctxtop.session", value, about, at)
            self.outcome(path, "error", error, None, about, at)
            if user is not None and session is not None:
                connection = current_connection.get()
                if connection is None:
                    self.end_session((name(user), name(session)), "creation failed")
                else:
                    connection.carries((name(user), name(session)))
        monitor.wake()

    def half_built(self, entry: Registration, error: str) -> None:
        """Marks a dispatcher that was registered and never became usable."""
        with self.monitor.lock:
            dispatcher = self.monitor.dispatchers.live.get(entry.dispatcher)
            if dispatcher is not None and not dispatcher.is_shared_by_design:
                self.monitor.move(dispatcher, "halfBuilt", scrub(error), self.monitor.now())

    def succeeded(
        self, path: str, entry: Registration | None, fallback: str | None, pattern: str | None
    ) -> None:
        """Records a creation that succeeded, by the path's own pattern or by falling back."""
        with self.monitor.lock:
            about: About = {"path": name(path)}
            if entry is not None:
                about.update(user=entry.user, session=entry.session, dispatcher=entry.dispatcher)
            status = "ok" if fallback is None else "fallback"
            self.outcome(path, status, fallback, pattern, about, self.monitor.now())
        self.monitor.wake()

    def outcome(
        self,
        path: str,
        status: str,
        error: str | None,
        pattern: str | None,
        about: About,
        at: int,
    ) -> None:
        """Records how a creation ended; the lock is held."""
        monitor = self.monitor
        monitor.paths.record(path, status, error, pattern, at)
        value: dict[str, Any] = {"path": name(path), "status": status}
        if error is not None:
            value["error"] = scrub(error)
            if status == "error":
                monitor.history.error(at)
        if status != "error" and "dispatcher" in about:
            value["dispatcher"] = about["dispatcher"]
        monitor.custom("ctxtop.creation", value, about, at)
