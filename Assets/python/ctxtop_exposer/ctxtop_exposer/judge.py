"""How a path gets its dispatcher, from evidence alone.

The decision order is the one of ctxtop's own detector, which judges the same
rows again; a difference would be its finding `verdict-disagrees`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .evidence import Evidence

#: The fields of which at least one row is needed for any verdict.
DECIDING = frozenset(
    [
        "tool_classes",
        "tool_dispatcher",
        "agent_supervisor",
        "agent_supervisor.tool_dispatcher",
        "websocket_bridge",
        "agent_websocket_bridge",
        "bridge_source",
        "tool_classes_source",
    ]
)

#: How urgent a verdict is by itself, as a health status.
STATUS = {
    "factory": "pass",
    "factoryFallback": "pass",
    "singleton": "warn",
    "mixed": "warn",
    "hollow": "fail",
    "unconfigured": "fail",
    "unknown": "unknown",
}

_slot_words = {"absent": "absent", "nil": "nil", "null": "nil", "none": "nil", "present": "present"}
_count = re.compile(r"\+?[0-9]{1,18}")


class Judgement(NamedTuple):
    """A verdict in the wire's spelling, and which pattern wins when it is `mixed`."""

    verdict: str
    wins: str | None = None

    @property
    def name(self) -> str:
        """The verdict without its component."""
        return self.verdict.partition("(")[0]

    @property
    def status(self) -> str:
        """`pass`, `warn`, `fail` or `unknown`."""
        return STATUS.get(self.name, "fail")


def is_verdict(text: str) -> bool:
    """Whether the wire knows this verdict."""
    return text in STATUS or re.fullmatch(r"missingComponent\(.+\)", text) is not None


def _class_count(value: str) -> int | None:
    """How many classes a value of `tool_classes` says; nil when it cannot be read."""
    word = value.lower()
    if word in ("absent", "nil", "none", "null", "empty", "0"):
        return 0
    return int(value) if _count.fullmatch(value) and int(value) > 0 else None


class _Rows:
    """The rows that may decide, the last one of each field."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.values: dict[str, str] = {}
        self.requirements: list[str] = []
        for row in evidence:
            if not row.trusted:
                continue
            if row.field == "requires":
                if row.value not in ("", "nothing"):
                    self.requirements.append(row.value)
            elif row.field == "tool_classes":
                if _class_count(row.value) is not None:
                    self.values[row.field] = row.value
            elif row.field in ("bridge_source", "tool_classes_source"):
                self.values[row.field] = row.value
            elif row.value.lower() in _slot_words:
                self.values[row.field] = _slot_words[row.value.lower()]
        self.requirements.sort()

    def slot(self, field: str) -> str:
        return self.values.get(field, "absent")

    @property
    def classes(self) -> int:
        return _class_count(self.values.get("tool_classes", "absent")) or 0

    @property
    def needs_bridge(self) -> bool:
        slots = ("websocket_bridge", "agent_websocket_bridge")
        return any(slot in self.values for slot in slots) or "websocket_bridge" in self.requirements

    @property
    def bridge_is_set(self) -> bool:
        return "present" in (self.slot("websocket_bridge"), self.slot("agent_websocket_bridge"))

    @property
    def legacy(self) -> str:
        """The slot that this path reads: the supervisor's where anybody reported a supervisor."""
        inner = "agent_supervisor.tool_dispatcher"
        reads_supervisor = "agent_supervisor" in self.values or inner in self.values
        return self.slot(inner if reads_supervisor else "tool_dispatcher")

    def has(self, component: str) -> bool:
        if component == "tool_dispatcher":
            return self.legacy == "present"
        if component == "websocket_bridge":
            return self.bridge_is_set
        if component == "tool_classes":
            return self.classes > 0
        return self.slot(component) == "present"

    @property
    def is_fallback(self) -> bool:
        by_alias = self.slot("agent_websocket_bridge") == "present" != self.slot("websocket_bridge")
        source = self.values.get("bridge_source", "primary")
        return (
            by_alias
            or source not in ("primary", "websocket_bridge")
            or self.values.get("tool_classes_source") == "fallback"
        )


def judge(evidence: Sequence[Evidence]) -> Judgement:
    """Judges one path by its rows; untrusted and unreadable ones decide nothing."""
    rows = _Rows(evidence)
    if not rows.requirements and not DECIDING.intersection(rows.values):
        return Judgement("unknown")
    if rows.needs_bridge and not rows.bridge_is_set:
        return Judgement("missingComponent(websocket_bridge)")
    for component in rows.requirements:
        if not rows.has(component):
            return Judgement(f"missingComponent({component})")
    if rows.classes > 0:
        if rows.legacy == "present":
            insists = "tool_dispatcher" in rows.requirements
            return Judgement("mixed", "singleton" if insists else "factory")
        return Judgement("factoryFallback" if rows.is_fallback else "factory")
    if rows.legacy == "present":
        return Judgement("singleton")
    if rows.legacy != "absent" or rows.slot("agent_supervisor") in ("nil", "present"):
        return Judgement("hollow")
    return Judgement("unconfigured")
