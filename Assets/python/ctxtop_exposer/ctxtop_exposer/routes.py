"""The ASGI layer around the app: monitoring routes, the health link, start-up, and WebSockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from .access import Refusal
from .asgi import App, Message, Receive, Scope, Send, encoded, problem, respond
from .health import health, health_document, with_link
from .lifecycle import Connection, current_connection
from .snapshot import SeveralOwners, context, snapshot
from .stream import serve_events

if TYPE_CHECKING:
    from .exposer import Exposer

#: A health answer above this size is passed on as it is.
_MOST_HEALTH = 1 << 20


class Layer:
    """Middleware of pure ASGI; what is not its own passes through."""

    def __init__(self, app: App, exposer: Exposer) -> None:
        self.app, self.exposer = app, exposer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one scope."""
        kind = scope["type"]
        exposer = self.exposer
        if kind == "http":
            path: str = scope["path"]
            # Most requests are the app's own: they are told by the end of the path, before anything else.
            if exposer.mark in path or path.endswith(exposer.health_path):
                return await self._own(scope, path, receive, send)
            return await self.app(scope, receive, send)
        if kind == "websocket":
            return await self._websocket(scope, receive, send)
        return await self._lifespan(scope, receive, send)

    async def _own(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        mount = scope.get("root_path", "")
        local = path[len(mount) :] if mount and path.startswith(mount + "/") else path
        root = self.exposer.root
        if local == self.exposer.health_path:
            return await HealthAnswer(self, scope, mount + root, send).serve(receive)
        if local == root or local.startswith(root + "/"):
            return await self._monitor(scope, mount + root, local[len(root) :], receive, send)
        return await self.app(scope, receive, send)

    async def _monitor(self, scope: Scope, root: str, rest: str, receive: Receive, send: Send) -> None:
        exposer = self.exposer
        refusal = exposer.access.refusal(scope)
        if refusal is not None:
            return await _refuse(send, refusal)
        if scope["method"] not in ("GET", "HEAD"):
            return await problem(
                send, 405, "the exposer only answers GET", further=[(b"allow", b"GET, HEAD")]
            )
        if rest == "/events" and scope["method"] == "GET":
            return await serve_events(exposer.monitor, root, scope, receive, send)
        if exposer.monitor.startup["phase"] == "starting":
            exposer.monitor.startup["phase"] = (
                "complete"  # No lifespan told; a server that serves has started.
            )
        is_head = scope["method"] == "HEAD"
        # A big state takes a while to write down; the app's loop must not wait for that.
        loop = asyncio.get_running_loop()
        try:
            body = await loop.run_in_executor(None, self._document, rest, _named_user(scope))
        except SeveralOwners as several:
            words = f"{len(several.owners)} users have that id; add ?user=NAME with one of the owners"
            return await problem(send, 409, words, {"owners": several.owners})
        except Exception as error:
            exposer.note_failure("a document", error)
            return await problem(send, 500, f"the exposer failed: {type(error).__name__}")
        if body is None:
            return await problem(send, 404, f"there is nothing at {rest[:100] or '/'}")
        await respond(send, 200, body, "application/json", head=is_head)

    def _document(self, rest: str, user: str | None) -> bytes | None:
        exposer = self.exposer
        if rest == "/snapshot":
            exposer.find_paths()
            return encoded(snapshot(exposer.monitor, exposer.title, exposer.version, exposer.state))
        if rest.startswith("/contexts/"):
            found = context(exposer.monitor, unquote(rest[len("/contexts/") :]), user)
            return None if found is None else encoded(found)
        return None

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = Connection()
        self.exposer.meets("websocket")
        token = current_connection.set(connection)
        try:
            await self.app(scope, receive, send)
        finally:
            current_connection.reset(token)
            with self.exposer.guarded("a connection's end"):
                self.exposer.lifecycle.connection_closed(connection)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        exposer, monitor = self.exposer, self.exposer.monitor
        began = monitor.now()

        async def watching(message: Message) -> None:
            with exposer.guarded("start-up"):
                kind = message["type"]
                if kind in ("lifespan.startup.complete", "lifespan.startup.failed"):
                    took = monitor.now() - began
                    exposer.started(message.get("message") if kind.endswith("failed") else None, took)
            await send(message)

        await self.app(scope, receive, watching)


async def _refuse(send: Send, refusal: Refusal) -> None:
    """Answers 401 or 429 with the reason, which the console shows."""
    if refusal.wait is not None:
        further = [(b"retry-after", str(refusal.wait).encode())]
    else:
        challenge = b'Bearer realm="ctxtop"'
        if "not known" in refusal.words:
            challenge += b', error="invalid_token"'
        further = [(b"www-authenticate", challenge)]
    await problem(send, refusal.status, refusal.words, further=further)


def _named_user(scope: Scope) -> str | None:
    """The user that `?user=NAME` names; a plus sign is one, as in a mail address."""
    query = scope.get("query_string", b"").decode("latin-1").replace("+", "%2B")
    users = parse_qs(query, keep_blank_values=True).get("user")
    return users[0] if users else None


class HealthAnswer:
    """Passes the app's health answer on with the link in it, or answers where the app has no such route."""

    def __init__(self, layer: Layer, scope: Scope, root: str, send: Send) -> None:
        self.layer, self.scope, self.root, self.send = layer, scope, root, send
        self.start: Message | None = None
        self.body: list[bytes] = []
        self.size = 0
        self.passes = False

    async def serve(self, receive: Receive) -> None:
        """Lets the app answer first."""
        await self.layer.app(self.scope, receive, self._take)

    async def _take(self, message: Message) -> None:
        if self.passes:
            return await self.send(message)
        if message["type"] == "http.response.start":
            self.start = message
            names = {key.lower(): value for key, value in message.get("headers", ())}
            if b"content-encoding" in names or self.scope["method"] != "GET":
                await self._pass()
            return
        if message["type"] != "http.response.body" or self.start is None:
            await self._pass()
            return await self.send(message)
        self.body.append(message.get("body", b""))
        self.size += len(self.body[-1])
        if self.size > _MOST_HEALTH:
            return await self._pass(more=message.get("more_body", False))
        if not message.get("more_body", False):
            await self._finish(self.start, b"".join(self.body))

    async def _pass(self, more: bool = True) -> None:
        """Gives up: what was held is sent as it came."""
        self.passes = True
        if self.start is not None:
            await self.send(self.start)
        if self.body:
            await self.send({"type": "http.response.body", "body": b"".join(self.body), "more_body": more})

    async def _finish(self, start: Message, body: bytes) -> None:
        if start["status"] == 404:
            exposer = self.layer.exposer
            with exposer.guarded("the health answer"):
                return await self._own(exposer)
        linked = None
        with self.layer.exposer.guarded("the health link"):
            linked = with_link(body, self.root)
        if linked is not None:
            kept = [
                pair
                for pair in start.get("headers", ())
                if pair[0].lower() not in (b"content-length", b"etag")
            ]
            start = {**start, "headers": [*kept, (b"content-length", str(len(linked)).encode())]}
            body = linked
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})

    async def _own(self, exposer: Any) -> None:
        exposer.find_paths()
        exposer.monitor.observe()
        with exposer.monitor.lock:
            view: dict[str, Any] = health(exposer.monitor)
        document = health_document(view, exposer.title, exposer.version, self.root)
        status = 503 if view["status"] == "fail" else 200
        await respond(self.send, status, encoded(document), "application/health+json")
