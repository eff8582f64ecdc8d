"""The migration checklist: seven questions, each answered from what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable

Path = Mapping[str, Any]


def checklist(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Answers every item for paths in the wire's shape."""

    def those(keep: Callable[[Path], bool]) -> str:
        return ", ".join(sorted(str(path["path"]) for path in paths if keep(path)))

    legacy = those(lambda path: path["detected"] != "unknown" and not _is_per_user(path))
    undetected = those(lambda path: path["detected"] == "unknown")
    failing = those(lambda path: path["failed"] > 0 and path["created"] == 0)
    fell_back = those(lambda path: path["fallbacks"] > 0)
    # Users' traffic shows nothing of tests; the console knows the probes.
    outcomes = f"only failures: {failing}" if failing else "no probe or test result"
    rows = [
        ("paths", "Identify all consumer paths", "done", "paths", those(lambda _: True)),
        (
            "initialization", "Update initialization sequences",
            "open" if legacy else "unknown" if undetected else "done",
            "without a dispatcher for each user", legacy or "none",
        ),
        (
            "detection", "Add pattern detection logic", "unknown" if undetected else "done",
            "without evidence", undetected or "none",
        ),
        (
            "fallbacks", "Implement graceful fallbacks", "done" if fell_back else "unknown",
            "fallbacks used", fell_back or "none",
        ),
        (
            "tests", "Create integration tests for each path",
            "open" if failing else "unknown", "outcomes", outcomes,
        ),
        ("indicators", "Document pattern indicators", "done", "explained", "ctxtop explain ID"),
        ("health", "Update health checks", "done", "pattern checks", "one per path, in the snapshot"),
    ]  # fmt: skip
    return [
        {
            "id": id,
            "text": text,
            "state": state if paths else "unknown",
            "evidence": [{"field": field, "value": value, "source": "paths", "trusted": True}],
        }
        for id, text, state, field, value in rows
    ]


def _is_per_user(path: Path) -> bool:
    """Whether the path's initialiser makes one dispatcher for each user."""
    if path["detected"] == "mixed":
        return path.get("wins") != "singleton"
    return path["detected"] in ("factory", "factoryFallback")
