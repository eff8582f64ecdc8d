"""What never leaves the process unasked: prompts, arguments, results, and secrets in error texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

#: Fields that hold what a user wrote, a tool was given or a model answered.
PAYLOAD_FIELDS = frozenset(
    [
        "delta", "content", "input", "result", "messages", "snapshot", "args", "rawEvent", "event", "patch",
        "encryptedValue", "value",
    ]
)  # fmt: skip

#: The longest name or id, error text, and payload text that is kept, in characters.
NAME_LIMIT, ERROR_LIMIT, PAYLOAD_LIMIT = 200, 300, 64 << 10

_named = re.compile(
    r"""(?ix) \b ([\w.-]*(?:password|passwd|secret|token|api[_-]?key|authorization|credential|cookie)[\w-]*)
    (["']? \s* [:=] \s* ["']? (?:(?:bearer|basic)\s+)?) [^\s"',;&)}\]]+"""
)
_bearer = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_in_url = re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/@]+@")


def scrub(text: object, limit: int = ERROR_LIMIT) -> str:
    """An error's words without the values of secrets, cut to `limit` characters."""
    words = str(text)[: limit * 4]
    words = _in_url.sub(r"\1:[REDACTED]@", words)
    words = _bearer.sub(r"\1 [REDACTED]", words)
    words = _named.sub(r"\1\2[REDACTED]", words)
    return words if len(words) <= limit else words[: limit - 1] + "…"


def name(value: object) -> str:
    """An id or a name as text, cut to 200 characters."""
    return str(value)[:NAME_LIMIT]


def size(value: object) -> int:
    """About how many bytes a payload has; a big structure is looked at only in part, so at least."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
    if isinstance(value, (bytes, bytearray)):
        return len(value)
    total, seen, queue = 0, 0, [value]
    while queue and seen < 200:
        seen += 1
        part = queue.pop()
        if isinstance(part, str):
            total += len(part) + 2
        elif isinstance(part, Mapping):
            queue.extend(list(part.values())[:200])
            total += sum(len(key) + 4 for key in list(part)[:200] if isinstance(key, str))
        elif isinstance(part, (list, tuple)):
            queue.extend(part[:200])
            total += len(part) + 1
        else:
            total += 4
    return total


def as_text(value: object) -> str:
    """A payload as text, cut to 64 Ki characters."""
    if isinstance(value, str):
        return value[:PAYLOAD_LIMIT]
    try:
        return json.dumps(value, default=str, ensure_ascii=False)[:PAYLOAD_LIMIT]
    except (TypeError, ValueError, RecursionError):
        return f"({type(value).__name__})"


def redact(fields: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The fields without payload, and how many bytes were left out; texts become empty."""
    kept: dict[str, Any] = {}
    hidden = 0
    for field, value in fields.items():
        if field in PAYLOAD_FIELDS:
            hidden += size(value)
            if isinstance(value, str):
                kept[field] = ""
        elif isinstance(value, (bool, int, float)):
            kept[field] = value
        elif isinstance(value, str):
            kept[field] = scrub(value) if field == "message" else value[:NAME_LIMIT]
        elif field == "outcome" and isinstance(value, Mapping):
            kept[field] = {"type": name(value.get("type", "success"))}
        elif value is not None:
            hidden += size(value)
    return kept, hidden
