"""Per-minute buckets of the last 60 minutes."""

from __future__ import annotations

import math
from typing import Any

from .clock import rfc3339

#: How many durations of one minute are kept for its percentile.
_MOST_DURATIONS = 2000


class _Bucket:
    __slots__ = ("by_path", "durations", "errors", "events", "sessions")

    def __init__(self) -> None:
        self.sessions = self.events = self.errors = 0
        self.by_path: dict[str, int] = {}
        self.durations: list[int] = []


class History:
    """Counts what happened in each minute."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}

    def _bucket(self, at: int) -> _Bucket:
        minute = at // 60_000
        bucket = self._buckets.get(minute)
        if bucket is None:
            for old in [key for key in self._buckets if key <= minute - 60]:
                del self._buckets[old]
            bucket = self._buckets[minute] = _Bucket()
        return bucket

    def event(self, at: int, path: object, sessions: int) -> None:
        """Counts an event on a path while that many sessions live."""
        bucket = self._bucket(at)
        bucket.events += 1
        bucket.sessions = sessions
        if isinstance(path, str) and (path in bucket.by_path or len(bucket.by_path) < 64):
            bucket.by_path[path] = bucket.by_path.get(path, 0) + 1

    def error(self, at: int) -> None:
        """Counts a failed run or creation."""
        self._bucket(at).errors += 1

    def run(self, at: int, took: int) -> None:
        """Notes how many milliseconds a run took that finished now."""
        durations = self._bucket(at).durations
        if len(durations) < _MOST_DURATIONS:
            durations.append(took)

    def wire(self, now: int) -> list[dict[str, Any]]:
        """The buckets, oldest first, quiet minutes between others included."""
        last = now // 60_000
        minutes = [minute for minute in self._buckets if last - 60 < minute <= last]
        if not minutes:
            return []
        return [self._row(minute) for minute in range(min(minutes), last + 1)]

    def _row(self, minute: int) -> dict[str, Any]:
        bucket = self._buckets.get(minute) or _Bucket()
        row: dict[str, Any] = {
            "at": rfc3339(minute * 60_000),
            "sessions": bucket.sessions,
            "events": bucket.events,
            "errors": bucket.errors,
        }
        if bucket.durations:
            ordered = sorted(bucket.durations)
            row["runP95Ms"] = ordered[math.ceil(len(ordered) * 0.95) - 1]
        row["byPath"] = dict(bucket.by_path)
        return row
