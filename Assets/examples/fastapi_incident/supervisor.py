"""How each path gets its dispatcher: the WebSocket's own factory, before and after the fix."""

from __future__ import annotations

import logging
from typing import Any

from agent import UserDispatcher

log = logging.getLogger("incident")


def make_dispatcher(state: Any, user: str) -> UserDispatcher:
    """The migrated way: tool classes make a dispatcher for one user, on demand."""
    return UserDispatcher(user, state.tool_classes)


def unmigrated_websocket_dispatcher(state: Any, user: str) -> Any:
    """The WebSocket's supervisor factory as the migration forgot it: it wants the singleton."""
    components = {"websocket_bridge": state.websocket_bridge, "tool_dispatcher": state.tool_dispatcher}
    for component, value in components.items():
        if value is None:
            raise RuntimeError(f"Required component {component} is missing or None")
    return state.tool_dispatcher


def fixed_websocket_dispatcher(state: Any, user: str) -> Any:
    """The same factory with the report's first three layers.

    A dispatcher that is None is no error by itself (1); tool classes mean the
    factory pattern (2), which makes one for this user; the singleton still works
    where it is all there is, with a warning (3).
    """
    if getattr(state, "tool_classes", None):
        return make_dispatcher(state, user)
    if getattr(state, "tool_dispatcher", None) is not None:
        log.warning("Using legacy singleton tool_dispatcher: migration needed")
        return state.tool_dispatcher
    raise RuntimeError(
        "Tool dispatcher configuration not available: neither tool_classes nor a legacy dispatcher"
    )
