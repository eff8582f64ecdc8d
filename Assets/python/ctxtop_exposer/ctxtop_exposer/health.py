"""The exposer's own view of the app's health, and the link in the app's health answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .clock import rfc3339
from .monitor import Monitor
from .pathbook import Path

_order = {"pass": 0, "unknown": 1, "warn": 2, "fail": 3}


def _pattern_check(path: Path) -> dict[str, Any]:
    """Both patterns of one path, validated: what each looks like, and how the last creation ended."""
    values = {row.field: row.value for row in path.evidence}
    legacy = values.get("agent_supervisor.tool_dispatcher") or values.get("tool_dispatcher") or "not observed"
    classes = values.get("tool_classes", "not observed")
    words = f"factory: tool_classes {classes}; legacy: tool_dispatcher {legacy}"
    status = path.judgement.status
    ending, error, _ = path.outcome
    if ending == "error":
        status = "fail"
        words += f"; last creation failed: {error or 'no reason given'}"
    elif ending == "fallback":
        status = max(status, "warn", key=lambda word: _order[word])
        words += f"; last creation fell back: {error or 'no reason given'}"
    return {
        "name": f"pattern:{path.path}",
        "status": status,
        "observedValue": path.judgement.verdict,
        "output": words,
        "trusted": True,
    }


def health(monitor: Monitor) -> dict[str, Any]:
    """The health of the whole: the worst of what the paths say; the lock is held."""
    checks = [_pattern_check(path) for path in monitor.paths.ordered()]
    checks.append(_count("sessions:connections", len(monitor.sessions.live)))
    checks.append(_count("uptime", (monitor.now() - monitor.started_at) // 1000))
    exposer = _count("exposer", monitor.ring.next_number - 1)
    exposer["output"] = (
        f"{monitor.ring.next_number - 1} events, {monitor.undelivered} not delivered, "
        f"{monitor.ignored} messages that are no agent events, {monitor.failures} own failures"
    )
    checks.append(exposer)
    known = [check["status"] for check in checks if check["status"] != "unknown"]
    status = max(known, key=lambda word: _order[word], default="pass")
    if monitor.startup.get("error"):
        status = "fail"
    document: dict[str, Any] = {"status": status}
    worst = [check["name"] for check in checks if check["status"] == status != "pass"]
    if worst:
        document["reason"] = ", ".join(worst)
    document.update(at=rfc3339(monitor.now()), checks=checks)
    return document


def _count(title: str, value: int) -> dict[str, Any]:
    return {"name": title, "status": "pass", "observedValue": str(value), "trusted": True}


def health_document(view: Mapping[str, Any], title: str, version: str | None, root: str) -> dict[str, Any]:
    """A health answer for an app that has none, as draft-inadarei-api-health-check-06 writes it."""
    checks: dict[str, list[dict[str, Any]]] = {}
    for check in view["checks"]:
        row = {key: value for key, value in check.items() if key not in ("name", "trusted")}
        row["componentType"] = "component" if check["name"].startswith("pattern:") else "system"
        row["time"] = view["at"]
        checks[check["name"]] = [row]
    document: dict[str, Any] = {"status": view["status"], "version": "1", "serviceId": title}
    if version:
        document["releaseId"] = version
    if view.get("reason"):
        document["output"] = view["reason"]
    document.update(checks=checks, links={"monitor": root})
    return document


def with_link(body: bytes, root: str) -> bytes | None:
    """The app's health answer with `links.monitor`; nil when it is no JSON object or has the link already."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    links = document.get("links")
    links = dict(links) if isinstance(links, dict) else {}
    if "monitor" in links:
        return None
    document["links"] = {**links, "monitor": root}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
