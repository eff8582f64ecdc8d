"""What is known of sessions, runs, dispatchers and contexts, and how much of it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from .clock import rfc3339
from .grammar import RunGrammar

#: How many live rows of one kind are kept, and how many ended ones.
MOST_LIVE, MOST_ENDED = 20_000, 1_000
#: A dispatcher that is not disposed this long after its session ended is leaked, in milliseconds.
LEAK_LIMIT = 30_000


def _row(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)


class Session:
    """One conversation of one user over one path."""

    __slots__ = (
        "context", "dispatcher", "dispatchers", "id", "last_event_at", "next_seq", "open_runs", "path",
        "runs", "seen", "since", "state", "synthetic_run", "user",
    )  # fmt: skip

    def __init__(self, id: str, user: str, path: str | None, at: int) -> None:
        self.id, self.user, self.path, self.since = id, user, path, at
        self.state = "idle"
        self.last_event_at: int | None = None
        self.runs = self.next_seq = 0
        self.seen: list[str] = []
        self.dispatcher: str | None = None
        self.context: str | None = None
        #: What ends with it: its dispatchers and its runs.
        self.dispatchers: set[str] = set()
        self.open_runs: set[str] = set()
        #: The run that events without a run id belong to.
        self.synthetic_run: str | None = None

    def wire(self) -> dict[str, Any]:
        """One element of `sessions`."""
        return _row(
            id=self.id,
            user=self.user,
            path=self.path,
            state=self.state,
            since=_time(self.since),
            lastEventAt=_time(self.last_event_at),
            runs=self.runs,
            eventsSeen=list(self.seen),
            dispatcher=self.dispatcher,
            context=self.context,
        )


class Run:
    """One execution of an agent, with its grammar."""

    __slots__ = (
        "agent", "events", "grammar", "id", "next_seq", "open_calls", "session", "started_at",
        "state", "tools", "user",
    )  # fmt: skip

    def __init__(self, id: str, about: dict[str, Any], agent: str | None, at: int) -> None:
        self.id, self.agent, self.started_at = id, agent, at
        self.session: str | None = about.get("session")
        self.user: str | None = about.get("user")
        self.state = "open"
        self.events = self.next_seq = 0
        self.grammar = RunGrammar()
        #: Calls without an id of their own, as (tool, call id), oldest first.
        self.open_calls: list[Any] = []
        #: The tools of the calls that are open, by call id.
        self.tools: dict[str, str] = {}

    def wire(self) -> dict[str, Any]:
        """One element of `runs`."""
        violations = list(self.grammar.violations)
        return _row(
            id=self.id,
            session=self.session,
            user=self.user,
            agent=self.agent,
            state=self.state,
            events=self.events,
            grammar="violated" if violations else "open" if self.state == "open" else "ok",
            violations=violations,
        )


class Dispatcher:
    """One tool dispatcher, its counters, its owners and its past."""

    __slots__ = (
        "audit", "created_at", "executed", "failed", "id", "in_flight", "last_used_at", "owners", "pattern",
        "session", "session_ended_at", "state", "user",
    )  # fmt: skip

    def __init__(self, id: str, pattern: str, at: int) -> None:
        self.id, self.pattern, self.created_at = id, pattern, at
        self.user: str | None = None
        self.session: str | None = None
        self.state = "requested"
        self.last_used_at: int | None = None
        self.session_ended_at: int | None = None
        self.executed = self.failed = self.in_flight = 0
        self.owners: list[str] = []
        self.audit: list[dict[str, Any]] = []

    @property
    def is_shared_by_design(self) -> bool:
        """Whether it belongs to everybody: the singleton pattern."""
        return self.pattern == "singleton"

    def own(self, user: str | None) -> None:
        """Notes whom it serves; at most 100 users by name."""
        if user and user not in self.owners and len(self.owners) < 100:
            self.owners.append(user)

    def shown_state(self, now: int) -> str:
        """The state, with what is derived: leaked and shared."""
        if self.state == "disposed" or self.is_shared_by_design:
            return self.state
        if self.session_ended_at is not None and now - self.session_ended_at > LEAK_LIMIT:
            return "leaked"
        return "shared" if len(self.owners) > 1 else self.state

    def wire(self, now: int) -> dict[str, Any]:
        """One element of `dispatchers`."""
        return _row(
            id=self.id,
            user=self.user,
            session=self.session,
            state=self.shown_state(now),
            pattern=self.pattern,
            createdAt=_time(self.created_at),
            lastUsedAt=_time(self.last_used_at),
            executed=self.executed,
            failed=self.failed,
            inFlight=self.in_flight,
            owners=list(self.owners),
        )


class Context:
    """One user's isolated unit of work, by its ids."""

    __slots__ = (
        "connection", "created_at", "deadline", "dispatcher", "id", "path", "request", "run", "session",
        "user",
    )  # fmt: skip

    def __init__(self, id: str, user: str, at: int) -> None:
        self.id, self.user, self.created_at = id, user, at
        self.session: str | None = None
        self.run: str | None = None
        self.request: str | None = None
        self.connection: str | None = None
        self.path: str | None = None
        self.dispatcher: str | None = None
        self.deadline: int | None = None

    def wire(self) -> dict[str, Any]:
        """One element of `contexts`."""
        return _row(
            id=self.id,
            user=self.user,
            session=self.session,
            run=self.run,
            request=self.request,
            connection=self.connection,
            path=self.path,
            dispatcher=self.dispatcher,
            createdAt=_time(self.created_at),
            deadline=_time(self.deadline),
        )


Record = TypeVar("Record")


class Table(Generic[Record]):
    """Live rows by id and the last ended ones; what has no room is counted."""

    def __init__(self, most_live: int = MOST_LIVE, most_ended: int = MOST_ENDED) -> None:
        self.live: OrderedDict[str, Record] = OrderedDict()
        self.ended: OrderedDict[str, Record] = OrderedDict()
        self.omitted = 0
        self._most_live, self._most_ended = most_live, most_ended

    def get(self, id: str | None) -> Record | None:
        """The row of that id, live or ended."""
        if id is None:
            return None
        return self.live.get(id) or self.ended.get(id)

    def add(self, id: str, record: Record) -> Record | None:
        """Adds a live row; gives the oldest one back when it had to make room."""
        self.ended.pop(id, None)
        self.live[id] = record
        if len(self.live) <= self._most_live:
            return None
        self.omitted += 1
        return self.live.popitem(last=False)[1]

    def end(self, id: str) -> Record | None:
        """Moves a live row to the ended ones."""
        record = self.live.pop(id, None)
        if record is not None:
            self.ended[id] = record
            if len(self.ended) > self._most_ended:
                self.ended.popitem(last=False)
                self.omitted += 1
        return record

    def rows(self) -> Iterator[Record]:
        """Live rows, then ended ones."""
        yield from self.live.values()
        yield from self.ended.values()
