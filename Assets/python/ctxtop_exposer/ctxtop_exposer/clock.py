"""Moments and identities: integer milliseconds inside, RFC 3339 and UUIDv7 on the wire."""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def rfc3339(milliseconds: int) -> str:
    """The moment as `2026-01-31T12:00:00.000Z`."""
    seconds, rest = divmod(milliseconds, 1000)
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def parse_moment(value: object) -> int | None:
    """Reads an epoch number (seconds or milliseconds) or an ISO text; a text without zone is UTC."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        # 100,000,000,000 s is the year 5138 and, read as milliseconds, 1973.
        milliseconds = value if abs(value) > 1e11 else value * 1000
        return int(milliseconds) if abs(milliseconds) < 1e15 else None
    if not isinstance(value, str):
        return None
    text = value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return int(moment.timestamp() * 1000)


def uuid7() -> str:
    """A UUID of version 7 (RFC 9562 section 5.7): sortable by its first 48 bits, milliseconds."""
    number = (now_ms() & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
