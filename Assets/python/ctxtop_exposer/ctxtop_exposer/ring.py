"""The newest events of all sessions, in order, for whoever attaches after the alarm."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import Any

#: How many events are held, and how many bytes they may have together.
MAXIMUM_EVENTS, MAXIMUM_BYTES = 50_000, 64 << 20
#: An event above this size travels without its fields.
MAXIMUM_LINE = 1 << 20

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
# `encode` makes a new C encoder for each call, which costs more than a small event does.
_make: Any = getattr(json.encoder, "c_make_encoder", None)
_c_encoder: Any = _make and _make(
    None, str, json.encoder.encode_basestring, None, ":", ",", False, False, False
)
_abouts: dict[tuple[Any, ...], str] = {}


def _encode(value: Any) -> str:
    """A value as compact JSON; what JSON has no word for becomes text."""
    return _encoder.encode(value) if _c_encoder is None else "".join(_c_encoder(value, 0))


def _encoded_about(about: Mapping[str, str]) -> str:
    """The ids as JSON without the closing brace; a run's events all have the same ones."""
    key = tuple(about.items())
    text = _abouts.get(key)
    if text is None:
        if len(_abouts) > 2000:
            _abouts.clear()
        text = _encode(about)[:-1]
        if about:
            text += ","
        _abouts[key] = text
    return text


def event_line(
    at: int, kind: str, fields: Mapping[str, Any], about: Mapping[str, str], seq: int, id: str, hidden: int
) -> bytes:
    """One event as a JSON line; `hidden` is how many bytes of payload were left out."""
    metadata = _encoded_about(about)
    if seq >= 0:
        metadata += f'"seq":{seq},'
    if hidden:
        metadata += f'"bytes":{hidden},'
    # A type is one of AG-UI's words, never a text of the app's.
    head = f'{{"type":"{kind}","timestamp":{at},'
    tail = f'"metadata":{metadata}"id":"{id}"}}}}'
    try:
        inner = _encode(fields)[1:-1] if fields else ""
    except (TypeError, ValueError, RecursionError):
        inner = ""
    if len(inner) > MAXIMUM_LINE:
        inner = ""
    return (head + (inner + "," if inner else "") + tail).encode("utf-8", "replace")


class Ring:
    """A bounded queue of event lines that are numbered from 1.

    Lines are kept as bytes: objects would be four times as big, and the app's
    garbage collector would walk over all of them.
    """

    def __init__(self, maximum: int = MAXIMUM_EVENTS, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self.maximum, self.maximum_bytes = maximum, maximum_bytes
        self.next_number = 1
        self._lines: deque[bytes] = deque()
        self._bytes = 0

    @property
    def first_number(self) -> int:
        """The number of the oldest event that is still here."""
        return self.next_number - len(self._lines)

    def append(self, line: bytes) -> None:
        """Adds an event; the oldest make room."""
        lines = self._lines
        lines.append(line)
        self._bytes += len(line)
        self.next_number += 1
        while len(lines) > self.maximum or self._bytes > self.maximum_bytes:
            self._bytes -= len(lines.popleft())

    def after(self, number: int, limit: int) -> tuple[list[tuple[int, bytes]], int]:
        """At most `limit` events behind event `number`, and how many were already gone."""
        start = max(number + 1, self.first_number)
        skip = start - self.first_number
        found = islice(self._lines, skip, skip + limit)
        return [(start + index, line) for index, line in enumerate(found)], start - number - 1

    def newest(self, user: str, session: str, limit: int) -> list[bytes]:
        """The newest events of a user's session, oldest first; only the last 5,000 events are looked at."""
        # An event that names both names the user right before the session.
        needle = f'"user":{_encode(user)},"session":{_encode(session)}'.encode("utf-8", "replace")
        found: list[bytes] = []
        for line in islice(reversed(self._lines), 5000):
            if needle in line:
                found.append(line)
                if len(found) == limit:
                    break
        return found[::-1]
