"""The context manager around the creation of a dispatcher."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .lifecycle import Registration

if TYPE_CHECKING:
    from .exposer import Exposer

#: The creation that this task is in.
current_creation: ContextVar[Creation | None] = ContextVar("ctxtop_creation", default=None)


def error_words(error: BaseException) -> str:
    """What an exception says: an HTTP exception's detail, its text, or its type."""
    detail = getattr(error, "detail", None)
    text = detail if isinstance(detail, str) and detail else str(error)
    return text or type(error).__name__


class Creation:
    """Records how the body ended: `ok`, `fallback` or `error`; exceptions pass through untouched.

    Inside, `dispatcher(it)` registers what was made. Works around awaits too.
    """

    def __init__(self, exposer: Exposer, path: str, user: str | None, session: str | None, ids: Any) -> None:
        self._exposer, self._path, self._user, self._session, self._ids = exposer, path, user, session, ids
        self._fallback: str | None = None
        self._made: object | None = None
        self._outer: Token[Creation | None] | None = None
        #: What was registered at the end of the body, when a dispatcher was given.
        self.registration: Registration | None = None

    def dispatcher(self, dispatcher: object) -> None:
        """Names the dispatcher that was made: an object, or its id."""
        self._made = dispatcher

    def fell_back(self, error: object) -> None:
        """Says that the path's own pattern failed with these words and the legacy dispatcher stood in."""
        self._fallback = error_words(error) if isinstance(error, BaseException) else str(error)

    def __enter__(self) -> Creation:
        self._outer = current_creation.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._exposer.guarded("creation"):
            if self._outer is not None:
                current_creation.reset(self._outer)
            # A cancelled task or an exiting process did not fail to create anything.
            if error is not None and isinstance(error, Exception):
                words = error_words(error)
                if self.registration is not None:
                    self._exposer.lifecycle.half_built(self.registration, words)
                self._exposer.lifecycle.failed(self._path, words, self._user, self._session)
            elif error is None:
                self._succeeded()

    def _succeeded(self) -> None:
        lifecycle = self._exposer.lifecycle
        pattern = "singleton" if self._fallback is not None else None
        self._exposer.monitor.observe(self._path)
        if self._made is not None and self.registration is None:
            user = self._user or "anonymous"
            self.registration = lifecycle.created(
                self._made, self._path, user, self._session, self._ids, pattern
            )
        lifecycle.succeeded(self._path, self.registration, self._fallback, pattern)
