"""The merged event stream: server-sent events with resume points, gaps and heartbeats."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from .asgi import Headers, Receive, Scope, Send, encoded, header, problem
from .monitor import Monitor

#: How many streams may be open, events in one write, and the pause that lets small writes gather.
MOST_STREAMS, CHUNK_EVENTS, COALESCING = 32, 200, 0.01
#: How often evidence is read while somebody watches, and after how long a quiet stream says that it lives.
OBSERVING, HEARTBEAT = 1.0, 15.0

_head: Headers = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def resume_point(monitor: Monitor, scope: Scope) -> tuple[str | None, int | None]:
    """What the client asked for, and the number behind which it begins; nil when that is gone."""
    asked = header(scope, b"last-event-id")
    if asked is None:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        asked = (query.get("after") or [None])[0]
    with monitor.lock:
        first, following = monitor.ring.first_number, monitor.ring.next_number
    if not asked:
        return None, following - 1
    boot, _, digits = asked.rpartition("-")
    if boot != monitor.boot_id or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return asked, None
    number = int(digits)
    return asked, number if number < following and number + 1 >= first else None


def _gap(monitor: Monitor, position: int, following: int, lost: int) -> bytes:
    value = {
        "after": monitor.id(position),
        "next": monitor.id(following),
        "lost": lost,
        "instance": monitor.instance,
        "bootId": monitor.boot_id,
    }
    event = {
        "type": "CUSTOM", "timestamp": monitor.now(), "name": "ctxtop.gap", "value": value, "metadata": {},
    }  # fmt: skip
    return b"data: " + encoded(event) + b"\n\n"


def chunk(monitor: Monitor, position: int) -> tuple[bytes, int, bool]:
    """The next events in SSE framing, the position behind them, and whether there may be more."""
    with monitor.lock:
        events, lost = monitor.ring.after(position, CHUNK_EVENTS)
    if not events:
        return b"", position, False
    parts: list[bytes] = []
    if lost > 0:
        parts.append(_gap(monitor, position, events[0][0], lost))
    for number, line in events:
        parts += [b"id: ", monitor.id(number).encode(), b"\ndata: ", line, b"\n\n"]
    return b"".join(parts), events[-1][0], len(events) == CHUNK_EVENTS


def _keeps_alive(receive: Receive) -> bool:
    """Whether the server still wants this connection.

    uvicorn waits for open answers when it stops, for ever by default, and tells
    an app of it only by this flag of the object that `receive` belongs to.
    """
    return getattr(getattr(receive, "__self__", None), "keep_alive", True) is not False


async def _gone(receive: Receive) -> None:
    while (await receive()).get("type") != "http.disconnect":
        pass


async def serve_events(monitor: Monitor, root: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers `GET …/events` until the client or the server has had enough."""
    asked, start = resume_point(monitor, scope)
    if start is None:
        members = {"snapshot": root + "/snapshot", "instance": monitor.instance, "bootId": monitor.boot_id}
        words = f"events after {(asked or '')[:100]} are not held here any more; take a new snapshot"
        return await problem(send, 410, words, members)
    if len(monitor.listeners) >= MOST_STREAMS:
        words = f"{MOST_STREAMS} event streams are open already"
        return await problem(send, 503, words, further=[(b"retry-after", b"10")])
    news, loop = asyncio.Event(), asyncio.get_running_loop()

    def listener() -> None:
        # Set from the loop's own thread costs nothing; from another one it must be handed over.
        if not news.is_set():
            try:
                loop.call_soon_threadsafe(news.set)
            except RuntimeError:
                pass  # The loop was closed under a stream that nobody reads any more.

    monitor.listeners.add(listener)
    departure = asyncio.ensure_future(_gone(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _head})
        hello = f": instance={monitor.instance} boot={monitor.boot_id}\nretry: 2000\n\n"
        await send({"type": "http.response.body", "body": hello.encode(), "more_body": True})
        await _follow(monitor, start, news, departure, _keeps_alive(receive), receive, send)
        if not departure.done():
            await send({"type": "http.response.body", "body": b""})
    finally:
        monitor.listeners.discard(listener)
        departure.cancel()


async def _follow(
    monitor: Monitor,
    position: int,
    news: asyncio.Event,
    departure: asyncio.Future[None],
    kept_alive: bool,
    receive: Receive,
    send: Send,
) -> None:
    loop = asyncio.get_running_loop()
    boot = monitor.boot_id
    last_write = loop.time()
    while not departure.done() and monitor.boot_id == boot:
        news.clear()
        body, position, more = chunk(monitor, position)
        if not body and loop.time() - last_write >= HEARTBEAT:
            body = b": alive\n\n"
        if body:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            last_write = loop.time()
        if more:
            await asyncio.sleep(0)
            continue
        if body:
            await asyncio.sleep(COALESCING)
        try:
            await asyncio.wait_for(news.wait(), OBSERVING)
        except asyncio.TimeoutError:
            monitor.observe()
        if kept_alive and not _keeps_alive(receive):
            return
