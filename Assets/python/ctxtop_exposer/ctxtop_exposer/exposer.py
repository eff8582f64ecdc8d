"""What an app sees: one object, two lines to mount it, and calls that never raise."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable, TypeVar

from .access import Access
from .asgi import Receive, Scope, Send
from .creation import Creation, current_creation
from .emitting import emit
from .evidence import Evidence, StateReader
from .judge import is_verdict
from .lifecycle import Lifecycle, Registration
from .monitor import Monitor
from .pathbook import KINDS, PathBook, names, routed_paths
from .payloads import name as named
from .payloads import scrub
from .routes import Layer
from .sends import watched

log = logging.getLogger("ctxtop_exposer")
Function = TypeVar("Function", bound=Callable[..., Any])


class Exposer:
    """Makes an ASGI app visible to `ctxtop`; see the package's README for each call.

    `app` is a FastAPI or Starlette app, which gets the routes at once, or any
    ASGI app, in which case the exposer itself is the app to serve.
    """

    def __init__(
        self,
        app: Any,
        *,
        name: str | None = None,
        version: str | None = None,
        token_file: str | None = None,
        insecure_loopback: bool = False,
        paths: Iterable[str] | None = None,
        expected: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        expose_payloads: bool = False,
        root: str = "/monitor/v1",
        health_path: str = "/health",
    ) -> None:
        """`attributes` names where evidence stands in `app.state`; `paths` replaces what routes show.

        Without `token_file` (or `CTXTOP_TOKEN_FILE`) the monitoring routes answer nobody, or with
        `insecure_loopback=True` the programs of this machine, as long as no proxy is in front of the app.
        """
        self.app = app
        self.title = name or getattr(app, "title", None) or type(app).__name__
        self.version = version or getattr(app, "version", None)
        self.root = "/" + root.strip("/")
        self.health_path = "/" + health_path.strip("/")
        self.mark = self.root
        self.state = getattr(app, "state", None)
        self.monitor = Monitor(PathBook(StateReader(self.state, names(attributes or {}))), expose_payloads)
        self.lifecycle = Lifecycle(self.monitor)
        self.access = Access(token_file or os.environ.get("CTXTOP_TOKEN_FILE") or None, insecure_loopback)
        self._declares = paths is None
        self._failures_logged = 0
        for path in paths or ():
            self.path(path)
        for path, verdict in (expected or {}).items():
            self.path(path, expected=verdict)
        self._mount(app)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.monitor.begin)

    def _mount(self, app: Any) -> None:
        self._layer: Any = app
        add = getattr(app, "add_middleware", None)
        if not callable(add):
            self._layer = Layer(app, self)
            return
        try:
            add(Layer, exposer=self)
        except RuntimeError as error:
            log.error("make the exposer before the app has started: %s", error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the app with the monitoring routes, for apps that have no middleware of their own."""
        await self._layer(scope, receive, send)

    # Failures of our own

    def note_failure(self, what: str, error: BaseException) -> None:
        """Counts a failure of the exposer's own and logs the first few."""
        self.monitor.failures += 1
        if self._failures_logged < 5:
            self._failures_logged += 1
            log.warning("ctxtop_exposer failed in %s", what, exc_info=error)

    @contextmanager
    def guarded(self, what: str) -> Iterator[None]:
        """Keeps the exposer's own failures away from the app."""
        try:
            yield
        except Exception as error:
            self.note_failure(what, error)

    # Paths and evidence

    def find_paths(self) -> None:
        """Declares the paths that the app's routes show, unless they were named."""
        if self._declares:
            for path in routed_paths(self.app):
                self.monitor.paths[path]

    def meets(self, path: str) -> None:
        """Declares a path by which work came in, unless the paths were named."""
        if self._declares and path not in self.monitor.paths.paths:
            with self.guarded("a new path"):
                self.monitor.observe(path)

    def path(
        self,
        path: str,
        *,
        kind: str | None = None,
        expected: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Declares a consumer path: its kind, its target, and attributes of `app.state` that are its own."""
        with self.guarded("path"), self.monitor.lock:
            entry = self.monitor.paths[path]
            if kind is not None and kind not in KINDS:
                log.error('path %s: there is no kind "%s"; it is one of %s', path, kind, ", ".join(KINDS))
            elif kind is not None:
                entry.kind = kind
            if expected is not None and not is_verdict(expected):
                log.error('path %s: there is no pattern "%s"', path, expected)
            elif expected is not None:
                entry.expected = expected
            entry.attributes.update(names(attributes or {}))

    def requires(self, *components: str, path: str) -> Callable[[Function], Function]:
        """Declares what a path's code insists on; the result decorates that code, if you like."""

        def decorate(function: Function) -> Function:
            with self.guarded("requires"):
                source = f"{function.__module__}.{function.__qualname__}"
                for component in components:
                    self.monitor.paths[path].requires[named(component)] = source
            return function

        with self.guarded("requires"):
            for component in components:
                self.monitor.paths[path].requires[named(component)] = "declared"
        return decorate

    def observe(self, path: str, *, source: str = "app", **fields: object) -> None:
        """Reports evidence that `app.state` does not hold; dots in a field's name are written `__`."""
        with self.guarded("observe"):
            with self.monitor.lock:
                for field, value in fields.items():
                    field = field.replace("__", ".")
                    text = "nil" if value is None else named(value)
                    self.monitor.paths[path].observed[field] = Evidence(field, text, source)
            self.monitor.observe(path)

    # Contexts, dispatchers, outcomes

    def created(
        self,
        dispatcher: object | None = None,
        *,
        path: str,
        user: str,
        session: str | None = None,
        **ids: Any,
    ) -> Registration | None:
        """Enters a context and its dispatcher; `ids`: context, run, request, connection, deadline (ms)."""
        with self.guarded("created"):
            self.monitor.observe(path)
            entry = self.lifecycle.created(dispatcher, path, user, session, ids)
            creation = current_creation.get()
            if creation is not None and creation.registration is None:
                creation.registration = entry  # The creation's end says how it ended.
            else:
                self.lifecycle.succeeded(path, entry, None, None)
            return entry
        return None

    def disposed(self, what: object, reason: str = "disposed") -> None:
        """Ends what `created` entered, given its result, the dispatcher, or the dispatcher's id."""
        with self.guarded("disposed"):
            if what is not None and not self.lifecycle.disposed(what, reason):
                log.debug("disposed something that was not created here: %r", what)

    def creation(
        self, path: str, *, user: str | None = None, session: str | None = None, **ids: Any
    ) -> Creation:
        """Stands around the creation of a dispatcher and records how it ended."""
        return Creation(self, path, user, session, ids)

    # Events

    def emit(self, event: object, body: object | None = None, **given: Any) -> None:
        """Publishes an agent event; `given` may say user, session, run, path, dispatcher and agent."""
        try:
            emit(self.monitor, event, body, given)
        except Exception as error:
            self.note_failure("emit", error)

    def watch_sends(self, manager: object, *methods: str, **given: Any) -> None:
        """From now on, agent events that these methods of an object send are published too."""
        for method in methods:
            with self.guarded("watch_sends"):
                setattr(manager, method, watched(self, getattr(manager, method), given))

    # Start-up and limits

    @contextmanager
    def phase(self, phase: str) -> Iterator[None]:
        """Times one phase of start-up."""
        began = time.perf_counter()
        status = "failed"
        self.monitor.startup["phase"] = named(phase)
        try:
            yield
            status = "ok"
        except Exception as error:
            self.monitor.startup["error"] = scrub(error)
            raise
        finally:
            took = round((time.perf_counter() - began) * 1000, 3)
            self.monitor.startup["phases"].append({"name": named(phase), "status": status, "ms": took})

    def started(self, error: str | None, took: int) -> None:
        """Notes that start-up is over: the server says so through the lifespan."""
        startup = self.monitor.startup
        if not startup["phases"]:
            status = "ok" if error is None else "failed"
            startup["phases"].append({"name": "lifespan", "status": status, "ms": took})
        startup["phase"] = "complete" if error is None else "failed"
        if error is not None:
            startup["error"] = scrub(error)
        if self.access.allows_loopback:
            log.info("%s answers direct loopback connections without a token; set token_file", self.root)
        elif not self.access.tokens and self.access.error is None:
            log.warning(
                "%s answers nobody: set token_file, or insecure_loopback=True on your own machine", self.root
            )
        self.find_paths()
        self.monitor.observe()

    def limit(self, name: str, limit: int, used: int) -> None:
        """Sets a limit and how much of it is used."""
        with self.guarded("limit"), self.monitor.lock:
            if name in self.monitor.limits or len(self.monitor.limits) < 256:
                self.monitor.limits[named(name)] = {"limit": int(limit), "used": int(used)}
