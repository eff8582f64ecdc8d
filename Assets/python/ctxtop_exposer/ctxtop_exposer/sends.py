"""Watches what a WebSocket manager sends, and takes the agent events out of it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Callable

from .envelopes import read
from .translate import is_agent_event

if TYPE_CHECKING:
    from .exposer import Exposer

#: Whether a watched send is under way: a manager's send usually calls a socket's, which may be watched too.
_within: ContextVar[bool] = ContextVar("ctxtop_within_send", default=False)

_names = {
    "user": ("user_id", "user"),
    "session": ("thread_id", "session_id", "session"),
    "run": ("run_id", "run"),
    "agent": ("agent_name", "agent"),
}
_types = ("event_type", "message_type", "type", "event")
_bodies = ("data", "payload", "message", "event", "body")


def _bound(
    signature: inspect.Signature | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The arguments by name; numbers stand for names where there are none."""
    if signature is not None:
        try:
            found = dict(signature.bind(*args, **kwargs).arguments)
            extra = found.pop("kwargs", None)
            rest = found.pop("args", ())
            found.update(extra if isinstance(extra, dict) else {})
            found.update({str(index): value for index, value in enumerate(rest)})
            return found
        except TypeError:
            pass
    return {**{str(index): value for index, value in enumerate(args)}, **kwargs}


def event_of(arguments: Mapping[str, Any]) -> tuple[object, object | None] | None:
    """The event among a send's arguments: a type with a body, or one mapping that has a type."""
    values = list(arguments.values())
    for field in _types:
        kind = arguments.get(field)
        if isinstance(kind, str) and is_agent_event(kind):
            body = next((arguments[key] for key in _bodies if isinstance(arguments.get(key), Mapping)), None)
            return kind, body
    for value in values:
        envelope = read(value) if not isinstance(value, str) else None
        if envelope is not None and is_agent_event(envelope.type):
            return value, None
    for index, value in enumerate(values):
        if isinstance(value, str) and is_agent_event(value):
            return value, next((item for item in values[index + 1 :] if isinstance(item, Mapping)), None)
    return None


def watched(exposer: Exposer, send: Callable[..., Any], fixed: Mapping[str, Any]) -> Callable[..., Any]:
    """The same function, which also tells the exposer what was sent; errors of the app's own pass through."""
    try:
        signature: inspect.Signature | None = inspect.signature(send)
    except (TypeError, ValueError):
        signature = None

    def note(args: tuple[Any, ...], kwargs: dict[str, Any], was_sent: bool) -> None:
        with exposer.guarded("a watched send"):
            arguments = _bound(signature, args, kwargs)
            found = event_of(arguments)
            if found is None:
                exposer.monitor.ignored += 1
                return
            if not was_sent:
                exposer.monitor.undelivered += 1
                return
            given = {
                what: next((arguments[key] for key in keys if isinstance(arguments.get(key), str)), None)
                for what, keys in _names.items()
            }
            given.update(fixed)
            exposer.emit(found[0], found[1], **given)

    async def finish(result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        token = _within.set(True)
        try:
            value = await result
        except BaseException:
            note(args, kwargs, False)
            raise
        finally:
            _within.reset(token)
        note(args, kwargs, value is not False)
        return value

    @functools.wraps(send)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if _within.get():
            return send(*args, **kwargs)
        token = _within.set(True)
        try:
            result = send(*args, **kwargs)
        except BaseException:
            note(args, kwargs, False)
            raise
        finally:
            _within.reset(token)
        if inspect.isawaitable(result):
            return finish(result, args, kwargs)
        note(args, kwargs, result is not False)
        return result

    return wrapper
