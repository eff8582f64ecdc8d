"""What was observed about a path, and how it is read from `app.state`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

#: The slots that hold a component or nothing; their values are `absent`, `nil` or `present`.
SLOTS = ("tool_dispatcher", "agent_supervisor", "websocket_bridge", "agent_websocket_bridge")

#: The field names of the wire that an app can be asked for, besides `requires`.
FIELDS = SLOTS + ("tool_classes", "agent_supervisor.tool_dispatcher", "bridge_source", "tool_classes_source")

_missing = object()


class Evidence(NamedTuple):
    """One observed field of one path; `trusted` is false when a verdict must not rest on it."""

    field: str
    value: str
    source: str
    trusted: bool = True
    reason: str | None = None

    def wire(self, at: str) -> dict[str, Any]:
        """The row as a snapshot carries it."""
        row: dict[str, Any] = {
            "field": self.field,
            "value": self.value,
            "source": self.source,
            "at": at,
            "trusted": self.trusted,
        }
        if self.reason is not None:
            row["reason"] = self.reason
        return row


def _look(holder: object, dotted: str) -> object:
    """What stands at `a.b.c` below `holder`, or `_missing`."""
    for name in dotted.split("."):
        if isinstance(holder, Mapping):
            holder = holder.get(name, _missing)
        else:
            holder = getattr(holder, name, _missing)
        if holder is _missing:
            return _missing
    return holder


def _classes(value: object) -> tuple[str, str | None]:
    """The value of `tool_classes`, and why it cannot be read."""
    if value is _missing or value is None:
        return "absent", None
    try:
        count = len(value)  # type: ignore[arg-type]
    except TypeError:
        return "unreadable", f"{type(value).__name__} has no length"
    return ("empty" if count == 0 else str(count)), None


def _slot(value: object) -> str:
    return "absent" if value is _missing else "nil" if value is None else "present"


class StateReader:
    """Reads one app's `state`; never raises, whatever a property there does."""

    def __init__(self, state: object, attributes: Mapping[str, str]) -> None:
        """`attributes` names where a field stands below `state`, where it is not its own name."""
        self.state = state
        self.attributes = dict(attributes)

    def read(self, kind: str | None, attributes: Mapping[str, str], needs_bridge: bool) -> list[Evidence]:
        """The rows for a path of that kind; none when the app has none of the known fields."""
        names = {**self.attributes, **attributes}
        found: dict[str, object] = {}
        failures: dict[str, str] = {}
        for field in ("tool_classes",) + SLOTS:
            try:
                found[field] = _look(self.state, names.get(field, field))
            except Exception as error:  # a property of the app's own failed
                failures[field] = f"reading it raised {type(error).__name__}"
        if not failures and all(value is _missing for value in found.values()):
            return []
        rows = [self._row(field, found, failures, names) for field in ("tool_classes", "tool_dispatcher")]
        rows += self._supervisor(found, failures, names)
        bridges = ("websocket_bridge", "agent_websocket_bridge")
        has_bridge = any(found.get(field, _missing) is not _missing for field in bridges)
        if needs_bridge or (kind == "websocket" and has_bridge):
            rows += [self._row(field, found, failures, names) for field in bridges]
        return rows

    def _supervisor(
        self, found: Mapping[str, object], failures: Mapping[str, str], names: Mapping[str, str]
    ) -> list[Evidence]:
        # Somebody who looked for a supervisor and found none would say that this path reads one.
        if "agent_supervisor" not in failures and found["agent_supervisor"] is _missing:
            return []
        rows = [self._row("agent_supervisor", found, failures, names)]
        supervisor = found.get("agent_supervisor")
        if supervisor is not None and supervisor is not _missing:
            field = "agent_supervisor.tool_dispatcher"
            inner: dict[str, object] = {}
            broken: dict[str, str] = {}
            try:
                inner[field] = _look(supervisor, "tool_dispatcher")
            except Exception as error:
                broken[field] = f"reading it raised {type(error).__name__}"
            rows.append(self._row(field, inner, broken, names))
        return rows

    @staticmethod
    def _row(
        field: str, found: Mapping[str, object], failures: Mapping[str, str], names: Mapping[str, str]
    ) -> Evidence:
        name = names.get(field, field)
        source = "app.state" if name == field else f"app.state.{name}"
        if field in failures:
            return Evidence(field, "unreadable", source, False, failures[field])
        if field == "tool_classes":
            value, reason = _classes(found[field])
            return Evidence(field, value, source, reason is None, reason)
        return Evidence(field, _slot(found[field]), source)
