"""The consumer paths: declared, found in the app's routes, judged, and how their creations ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .clock import rfc3339
from .evidence import Evidence, StateReader
from .judge import Judgement, judge
from .payloads import name, scrub

KINDS = ("websocket", "http", "background", "admin")
#: More paths than this are not kept.
MOST_PATHS = 256


class Path:
    """One consumer path: detected, expected and last outcome, never merged."""

    def __init__(self, path: str) -> None:
        self.path = path
        head = path.partition(":")[0]
        self.kind: str | None = head if head in KINDS else None
        self.expected: str | None = None
        self.attributes: dict[str, str] = {}
        self.observed: dict[str, Evidence] = {}
        self.requires: dict[str, str] = {}
        self.evidence: list[Evidence] = []
        self.seen_at: dict[Evidence, int] = {}
        self.judgement = Judgement("unknown")
        self.created = self.failed = self.fallbacks = 0
        self.outcome: tuple[str, str | None, int | None] = ("none", None, None)
        self.last_used: dict[str, int] = {}

    def observe(self, reader: StateReader, now: int) -> bool:
        """Reads the evidence anew; whether it changed."""
        rows = {row.field: row for row in reader.read(self.kind, self.attributes, self._needs_bridge)}
        rows.update(self.observed)
        evidence = list(rows.values())
        for component in sorted(self.requires):
            evidence.append(Evidence("requires", component, self.requires[component]))
        if evidence == self.evidence:
            return False
        self.seen_at = {row: self.seen_at.get(row, now) for row in evidence}
        self.evidence = evidence
        self.judgement = judge(evidence)
        return True

    @property
    def _needs_bridge(self) -> bool:
        return "websocket_bridge" in self.requires

    @property
    def target(self) -> str:
        """What is declared, else what start-up signals: classes set and the dispatcher nil on purpose."""
        if self.expected is not None:
            return self.expected
        values = {row.field: row.value for row in self.evidence if row.trusted}
        has_classes = values.get("tool_classes", "absent") not in ("absent", "empty")
        return "factory" if has_classes and values.get("tool_dispatcher") == "nil" else "unknown"

    def wire(self) -> dict[str, Any]:
        """One element of `paths`."""
        status, error, at = self.outcome
        outcome: dict[str, Any] = {"status": status}
        if error is not None:
            outcome["error"] = error
        if at is not None:
            outcome["at"] = rfc3339(at)
        row: dict[str, Any] = {"path": self.path}
        if self.kind is not None:
            row["kind"] = self.kind
        row["detected"] = self.judgement.verdict
        row["expected"] = self.target
        if self.judgement.wins is not None:
            row["wins"] = self.judgement.wins
        row["evidence"] = [item.wire(rfc3339(self.seen_at.get(item, 0))) for item in self.evidence]
        row["lastOutcome"] = outcome
        row.update(created=self.created, failed=self.failed, fallbacks=self.fallbacks)
        row["lastUsedAt"] = {pattern: rfc3339(moment) for pattern, moment in self.last_used.items()}
        return row


class PathBook:
    """Every path by name, in the order they became known."""

    def __init__(self, reader: StateReader) -> None:
        self.reader = reader
        self.paths: dict[str, Path] = {}

    def __getitem__(self, path: str) -> Path:
        """The path of that name, declared now if it was not."""
        found = self.paths.get(path)
        if found is None:
            found = Path(name(path))
            if len(self.paths) < MOST_PATHS:
                self.paths[path] = found
        return found

    def ordered(self) -> list[Path]:
        """WebSocket paths first, then HTTP, background and admin, the others last."""
        return sorted(
            self.paths.values(), key=lambda path: KINDS.index(path.kind) if path.kind in KINDS else len(KINDS)
        )

    def record(self, path: str, status: str, error: str | None, pattern: str | None, now: int) -> None:
        """Notes how a creation on a path ended: `ok`, `fallback` or `error`."""
        entry = self[path]
        entry.outcome = (status, None if error is None else scrub(error), now)
        if status == "error":
            entry.failed += 1
            return
        entry.created += 1
        entry.fallbacks += status == "fallback"
        used = "singleton" if status == "fallback" else pattern or entry.judgement.name
        entry.last_used[used] = now


def routed_paths(app: object) -> list[str]:
    """The paths that an app's routes show: `websocket` for a WebSocket route, `http` where work is posted."""
    found: list[str] = []
    queue: list[Any] = list(getattr(app, "routes", ()) or ())
    for route in queue:
        if len(queue) > 10_000:
            break
        methods = getattr(route, "methods", None)
        # Starlette's mounts list their routes; newer FastAPI keeps an included router as it was.
        inner = getattr(getattr(route, "original_router", route), "routes", None)
        if inner:
            queue.extend(inner)
        elif methods is None and "websocket" in type(route).__name__.lower():
            found.append("websocket")
        elif methods and "POST" in methods:
            found.append("http")
    return [path for path in KINDS if path in found]


def names(values: Mapping[str, Any]) -> dict[str, str]:
    """A mapping with both sides as text."""
    return {str(key): str(value) for key, value in values.items()}
