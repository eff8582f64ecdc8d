"""The shapes in which Python backends send agent events, read as one: type, body and ids.

Known shapes: `{type, run_id, agent_name, timestamp, payload}`, `{type, data, …}`,
the flat `{type, event, …}`, a pair `(type, body)`, `{event_type, event_id, data}`,
and AG-UI's own; ids may stand outside, inside, or in `user_context`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

#: Other names of the operator's words, also those that a server message flattens them to.
ALIASES = {
    "tool_started": "tool_executing",
    "agent_failed": "agent_error",
    "agent_death": "agent_error",
    "agent_stopped": "agent_cancelled",
    "start_agent": "agent_started",
    "agent_progress": "agent_thinking",
    "agent_response_complete": "agent_completed",
    "agent_response_chunk": "partial_result",
    "stream_chunk": "partial_result",
    "final_report": "partial_result",
}

_synonyms = {
    "session": ("session", "session_id", "thread_id", "threadId", "thread"),
    "run": ("run", "run_id", "runId"),
    "user": ("user", "user_id", "userId"),
    "agent": ("agent", "agent_name", "agentName"),
    "tool": ("tool_name", "tool", "toolName", "toolCallName"),
    "call": ("tool_call_id", "call_id", "toolCallId"),
    "thought": ("reasoning", "thought", "message", "content"),
    "args": ("parameters", "arguments", "args", "input", "tool_input"),
    "result": ("result", "output", "content"),
    "error": ("error_message", "error", "message", "death_cause"),
}


class Envelope(NamedTuple):
    """One event as it was found: its type, its fields, and the ids around them."""

    type: str
    body: Mapping[str, Any]
    outer: Mapping[str, Any]

    def get(self, what: str) -> Any | None:
        """A value by any of its names, inside first."""
        body, outer = self.body, self.outer
        for field in _synonyms[what]:
            if field in body:
                value = body[field]
                if value is not None and value != "":
                    return value
            if field in outer:
                value = outer[field]
                if value is not None and value != "":
                    return value
        return None

    @property
    def timestamp(self) -> Any | None:
        """When it says that it happened."""
        return self.outer.get("timestamp", self.body.get("timestamp"))


def _plain(event: object) -> object:
    """A pydantic model as a mapping with the wire's names; anything else as it is."""
    dump = getattr(event, "model_dump", None)
    return dump(by_alias=True, exclude_none=True, mode="json") if callable(dump) else event


def read(event: object, body: object | None = None) -> Envelope | None:
    """Reads an event in any of the shapes; nil when it has no type."""
    event = _plain(event)
    if isinstance(event, (tuple, list)) and len(event) == 2 and isinstance(event[0], str):
        event, body = event
    if isinstance(event, str):
        inner = _plain(body)
        return Envelope(event, inner if isinstance(inner, Mapping) else {}, {})
    if not isinstance(event, Mapping):
        return None
    kind = event.get("type") or event.get("event_type") or event.get("event")
    if not isinstance(kind, str):
        kind = getattr(kind, "value", None)  # An enumeration's member.
        if not isinstance(kind, str):
            return None
    outer: dict[str, Any] = dict(event)
    found: Mapping[str, Any] | None = None
    for field in ("payload", "data"):
        inside = outer.get(field)
        if isinstance(inside, Mapping):
            found = inside
            break
    context = outer.get("user_context")
    if isinstance(context, Mapping):
        outer = {**context, **outer}
    return Envelope(kind, found if found is not None else outer, outer)
