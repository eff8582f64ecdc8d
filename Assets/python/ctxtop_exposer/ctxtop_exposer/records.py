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


#: A user and an id: clients choose ids, so two users may choose the same one. No known user is "".
Key = tuple[str, str]


def key(id: str, user: str | None) -> Key:
    """The key of what has that id and belongs to that user."""
    return (user or "", id)


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
        self.open_runs: set[Key] = set()
        #: The run that events without a run id belong to.
        self.synthetic_run: str | None = None

    @property
    def key(self) -> Key:
        """Its user and its id."""
        return (self.user, self.id)

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
        "agent", "dispatcher", "events", "grammar", "id", "next_seq", "open_calls", "session",
        "session_key", "started_at", "state", "tools", "user",
    )  # fmt: skip

    def __init__(self, id: str, about: dict[str, Any], agent: str | None, at: int) -> None:
        self.id, self.agent, self.started_at = id, agent, at
        self.session: str | None = about.get("session")
        self.user: str | None = about.get("user")
        #: The dispatcher that its first event named.
        self.dispatcher: str | None = about.get("dispatcher")
        self.session_key: Key | None = None
        self.state = "open"
        self.events = self.next_seq = 0
        self.grammar = RunGrammar()
        #: Calls without an id of their own, as (tool, call id), oldest first.
        self.open_calls: list[Any] = []
        #: The tools of the calls that are open, by call id.
        self.tools: dict[str, str] = {}

    @property
    def key(self) -> Key:
        """Its user and its id."""
        return key(self.id, self.user)

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

    def has_served(self, user: str) -> bool:
        """Whether it serves everybody, has served that user, or is not known well enough to say no."""
        if self.is_shared_by_design or not (self.user or self.owners):
            return True
        return user == self.user or user in self.owners or len(self.owners) >= 100

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

    @property
    def key(self) -> Key:
        """Its user and its id."""
        return (self.user, self.id)

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
AnyKey = TypeVar("AnyKey")


class Table(Generic[AnyKey, Record]):
    """Live rows by key and the last ended ones; what has no room is counted."""

    def __init__(self, most_live: int = MOST_LIVE, most_ended: int = MOST_ENDED) -> None:
        self.live: OrderedDict[AnyKey, Record] = OrderedDict()
        self.ended: OrderedDict[AnyKey, Record] = OrderedDict()
        self.omitted = 0
        self._most_live, self._most_ended = most_live, most_ended

    def get(self, key: AnyKey | None) -> Record | None:
        """The row of that key, live or ended."""
        if key is None:
            return None
        return self.live.get(key) or self.ended.get(key)

    def add(self, key: AnyKey, record: Record) -> Record | None:
        """Adds a live row; gives the oldest one back when it had to make room."""
        self.ended.pop(key, None)
        self.live[key] = record
        if len(self.live) <= self._most_live:
            return None
        self.omitted += 1
        lost, oldest = self.live.popitem(last=False)
        self._forgot(lost)
        return oldest

    def end(self, key: AnyKey) -> Record | None:
        """Moves a live row to the ended ones."""
        record = self.live.pop(key, None)
        if record is not None:
            self.ended[key] = record
            if len(self.ended) > self._most_ended:
                lost, _ = self.ended.popitem(last=False)
                self._forgot(lost)
                self.omitted += 1
        return record

    def remove(self, key: AnyKey) -> None:
        """Forgets a live row."""
        if self.live.pop(key, None) is not None:
            self._forgot(key)

    def _forgot(self, key: AnyKey) -> None:
        """Called when a row is neither live nor ended any more."""

    def rows(self) -> Iterator[Record]:
        """Live rows, then ended ones."""
        yield from self.live.values()
        yield from self.ended.values()


class OwnedTable(Table[Key, Record]):
    """Rows of users, by user and id; also finds the users who have an id."""

    def __init__(self, most_live: int = MOST_LIVE, most_ended: int = MOST_ENDED) -> None:
        super().__init__(most_live, most_ended)
        self._holders: dict[str, set[str]] = {}

    def add(self, key: Key, record: Record) -> Record | None:
        """Adds a live row; gives the oldest one back when it had to make room."""
        self._holders.setdefault(key[1], set()).add(key[0])
        return super().add(key, record)

    def owners(self, id: str, live: bool = True) -> list[str]:
        """The users who have a row of that id, live or (with `live=False`) also ended, sorted."""
        users = self._holders.get(id, ())
        return sorted(user for user in users if not live or (user, id) in self.live)

    def _forgot(self, key: Key) -> None:
        users = self._holders.get(key[1])
        if users is not None:
            users.discard(key[0])
            if not users:
                del self._holders[key[1]]
