"""From what a backend sends to AG-UI events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .clock import uuid7
from .envelopes import ALIASES, Envelope
from .payloads import as_text, name, scrub
from .records import Run

#: The types of AG-UI 1.0; an event of one of these is passed on as it is.
AGUI_TYPES = frozenset(
    [
        "RUN_STARTED",
        "RUN_FINISHED",
        "RUN_ERROR",
        "STEP_STARTED",
        "STEP_FINISHED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "TEXT_MESSAGE_CHUNK",
        "TOOL_CALL_START",
        "TOOL_CALL_ARGS",
        "TOOL_CALL_END",
        "TOOL_CALL_CHUNK",
        "TOOL_CALL_RESULT",
        "STATE_SNAPSHOT",
        "STATE_DELTA",
        "MESSAGES_SNAPSHOT",
        "ACTIVITY_SNAPSHOT",
        "ACTIVITY_DELTA",
        "REASONING_START",
        "REASONING_MESSAGE_START",
        "REASONING_MESSAGE_CONTENT",
        "REASONING_MESSAGE_END",
        "REASONING_MESSAGE_CHUNK",
        "REASONING_END",
        "REASONING_ENCRYPTED_VALUE",
        "SUBAGENT_STARTED",
        "SUBAGENT_FINISHED",
        "SUBAGENT_ERROR",
        "RAW",
        "CUSTOM",
    ]
)

#: The words that this module turns into AG-UI types.
WORDS = frozenset(
    [
        "agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed",
        "agent_error", "agent_cancelled", "partial_result",
    ]
)  # fmt: skip

#: Heads of other agent events that are passed on as CUSTOM; the rest is no agent's event and left out.
_other_heads = ("agent_", "subagent_", "tool_", "progress_", "periodic_", "operation_")


class Step(NamedTuple):
    """One AG-UI event to be published."""

    kind: str
    fields: dict[str, Any]
    failed: bool = False


def is_agent_event(kind: str) -> bool:
    """Whether an event of this type says something about an agent."""
    return kind in AGUI_TYPES or kind in WORDS or kind in ALIASES or kind.startswith(_other_heads)


def steps(envelope: Envelope, run: Run | None, session: str, run_id: str) -> list[Step]:
    """The AG-UI events that say the same; `run` is what is known of it, for pairing calls without ids."""
    if envelope.type in AGUI_TYPES:
        left_out = ("type", "timestamp", "metadata")
        fields = {str(key): value for key, value in envelope.outer.items() if key not in left_out}
        return [Step(envelope.type, fields)]
    word = ALIASES.get(envelope.type, envelope.type)
    if word == "agent_started":
        return [Step("RUN_STARTED", {"threadId": session, "runId": run_id})]
    if word == "agent_thinking":
        text = as_text(envelope.get("thought") or "")
        return [Step("REASONING_MESSAGE_CHUNK", {"messageId": f"{run_id}-reasoning", "delta": text})]
    if word == "partial_result":
        text = as_text(envelope.get("result") or "")
        message = {"messageId": f"{run_id}-text", "role": "assistant", "delta": text}
        return [Step("TEXT_MESSAGE_CHUNK", message)]
    if word == "tool_executing":
        return _executing(envelope, run)
    if word == "tool_completed":
        return _completed(envelope, run)
    if word in ("agent_completed", "agent_cancelled"):
        fields = {"threadId": session, "runId": run_id}
        if word == "agent_cancelled":
            fields["outcome"] = {"type": "cancelled"}
        elif envelope.get("result") is not None:
            fields["result"] = envelope.get("result")
        return [Step("RUN_FINISHED", fields)]
    if word == "agent_error":
        return [Step("RUN_ERROR", _error(envelope))]
    if word.startswith(_other_heads):
        return [Step("CUSTOM", {"name": name(word), "value": dict(envelope.body)})]
    return []


def _executing(envelope: Envelope, run: Run | None) -> list[Step]:
    tool = name(envelope.get("tool") or "tool")
    own = envelope.get("call")
    call = name(own) if own is not None else uuid7()
    if own is None and run is not None and len(run.open_calls) < 100:
        run.open_calls.append((tool, call))
    found = [Step("TOOL_CALL_START", {"toolCallId": call, "toolCallName": tool})]
    args = envelope.get("args")
    if args is not None:
        found.append(Step("TOOL_CALL_ARGS", {"toolCallId": call, "delta": as_text(args)}))
    found.append(Step("TOOL_CALL_END", {"toolCallId": call}))
    return found


def _completed(envelope: Envelope, run: Run | None) -> list[Step]:
    own = envelope.get("call")
    call = name(own) if own is not None else None
    if call is None and run is not None:
        tool = envelope.get("tool")
        wanted = [item for item in run.open_calls if tool is None or item[0] == name(tool)]
        if wanted:
            run.open_calls.remove(wanted[0])
            call = wanted[0][1]
    call = call or uuid7()
    status = str(envelope.body.get("status", "")).lower()
    failed = status in ("error", "failed", "failure") or bool(envelope.body.get("error"))
    failed = failed or envelope.body.get("success") is False
    result = envelope.get("result")
    content = as_text(result if result is not None else envelope.body.get("error") or "")
    return [
        Step(
            "TOOL_CALL_RESULT",
            {"messageId": f"{call}-result", "toolCallId": call, "content": content},
            failed,
        )
    ]


def _error(envelope: Envelope) -> dict[str, Any]:
    words = envelope.get("error")
    context = envelope.body.get("error_context")
    code = context.get("error_type") if isinstance(context, Mapping) else envelope.body.get("error_type")
    code = code or envelope.outer.get("error_code")
    fields: dict[str, Any] = {"message": scrub(words if words is not None else envelope.type)}
    if isinstance(code, str):
        fields["code"] = name(code)
    return fields
