"""The few things of ASGI and HTTP that the routes need."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping, MutableMapping
from typing import Any, Callable

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_titles = {
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def header(scope: Scope, wanted: bytes) -> str | None:
    """A request header's value by its lower-case name."""
    for key, value in scope.get("headers", ()):
        if key == wanted:
            return str(value.decode("latin-1"))
    return None


def headers_named(scope: Scope, wanted: bytes) -> list[str]:
    """Every value of a request header, by its lower-case name."""
    return [str(value.decode("latin-1")) for key, value in scope.get("headers", ()) if key == wanted]


def encoded(document: Any) -> bytes:
    """A document as JSON in UTF-8; what JSON has no word for becomes text."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "replace")


async def respond(
    send: Send, status: int, body: bytes, media_type: str, further: Headers | None = None, head: bool = False
) -> None:
    """Sends a whole answer that nobody may cache."""
    headers: Headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers + (further or [])})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def problem(
    send: Send,
    status: int,
    detail: str,
    members: Mapping[str, Any] | None = None,
    further: Headers | None = None,
) -> None:
    """Sends an error in the format of RFC 9457."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": _titles.get(status, "Error"),
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    await respond(send, status, encoded(document), "application/problem+json", further)
