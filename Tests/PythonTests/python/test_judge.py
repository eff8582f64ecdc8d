"""The verdicts are ctxtop's own: a table of known shapes, and every shape against the program itself."""

from __future__ import annotations

import itertools
import json
import random
from types import SimpleNamespace
from typing import Any

import pytest
from ctxtop_exposer.checklist import checklist
from ctxtop_exposer.clock import rfc3339
from ctxtop_exposer.evidence import Evidence, StateReader
from ctxtop_exposer.judge import judge


def rows(**fields: str) -> list[Evidence]:
    return [Evidence(field.replace("__", "."), value, "test") for field, value in fields.items()]


@pytest.mark.parametrize(
    ("evidence", "verdict", "wins"),
    [
        ([], "unknown", None),
        (rows(tool_classes="4", tool_dispatcher="nil"), "factory", None),
        (rows(tool_classes="4", tool_dispatcher="nil", requires="tool_dispatcher"), "missingComponent(tool_dispatcher)", None),
        (rows(tool_classes="4", websocket_bridge="nil"), "missingComponent(websocket_bridge)", None),
        (rows(tool_classes="4", websocket_bridge="absent", agent_websocket_bridge="present"), "factoryFallback", None),
        (rows(tool_classes="4", tool_classes_source="fallback"), "factoryFallback", None),
        (rows(tool_classes="4", tool_dispatcher="present"), "mixed", "factory"),
        (rows(tool_classes="4", tool_dispatcher="present", requires="tool_dispatcher"), "mixed", "singleton"),
        (rows(tool_classes="absent", tool_dispatcher="present"), "singleton", None),
        (rows(tool_classes="absent", agent_supervisor="present", agent_supervisor__tool_dispatcher="nil"), "hollow", None),
        (rows(tool_classes="empty", tool_dispatcher="nil"), "hollow", None),
        (rows(tool_classes="empty", tool_dispatcher="absent"), "unconfigured", None),
        (rows(tool_classes="absent", agent_supervisor="present", agent_supervisor__tool_dispatcher="absent",
              tool_dispatcher="present"), "hollow", None),
        ([Evidence("tool_classes", "4", "health", False, "a constant")], "unknown", None),
    ],
)  # fmt: skip
def test_known_shapes(evidence: list[Evidence], verdict: str, wins: Any) -> None:
    assert judge(evidence) == (verdict, wins)


def shapes() -> list[list[Evidence]]:
    """Every combination that decides anything, thinned to a fixed sample of 500."""
    values = {
        "tool_classes": [None, "absent", "empty", "4", "many"],
        "tool_dispatcher": [None, "absent", "nil", "present"],
        "agent_supervisor": [None, "nil", "present"],
        "agent_supervisor.tool_dispatcher": [None, "absent", "nil", "present"],
        "websocket_bridge": [None, "absent", "nil", "present"],
        "agent_websocket_bridge": [None, "present"],
        "tool_classes_source": [None, "fallback", "configured"],
        "bridge_source": [None, "alias", "primary"],
        "requires": [None, "tool_dispatcher", "websocket_bridge", "llm_client", "tool_classes"],
    }
    every = list(itertools.product(*values.values()))
    chosen = random.Random(7).sample(every, 500)
    return [
        [Evidence(field, value, "test") for field, value in zip(values, shape) if value is not None]
        for shape in chosen
    ]


def test_ctxtop_judges_the_same_rows_alike(ctxtop: Any, tmp_path: Any) -> None:
    ours = {f"http:/{index}": judge(evidence) for index, evidence in enumerate(shapes())}
    at = 1_800_000_000_000
    file = tmp_path / "paths.ndjson"
    with file.open("w") as out:
        for (path, judgement), evidence in zip(ours.items(), shapes()):
            value = {
                "path": path, "detected": judgement.verdict, "expected": "unknown",
                "evidence": [row.wire(rfc3339(at)) for row in evidence],
            }  # fmt: skip
            event = {
                "type": "CUSTOM",
                "name": "ctxtop.path",
                "value": value,
                "timestamp": at,
                "metadata": {"path": path},
            }
            out.write(json.dumps(event) + "\n")
    answer = ctxtop("snapshot", str(file), "--format", "json")
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    theirs = {path["path"]: (path["detected"], path.get("wins")) for path in document["backends"][0]["paths"]}
    assert theirs == {path: tuple(judgement) for path, judgement in ours.items()}
    assert not [finding for finding in document["findings"] if finding["rule"] == "verdict-disagrees"]


def test_evidence_is_read_from_app_state() -> None:
    class Broken:
        tool_classes = [int, str]

        @property
        def tool_dispatcher(self) -> Any:
            raise RuntimeError("not yet")

    def read(state: Any, kind: str = "http", **attributes: str) -> Any:
        return [
            (row.field, row.value, row.trusted)
            for row in StateReader(state, {}).read(kind, attributes, False)
        ]

    assert read(SimpleNamespace()) == []
    assert read(SimpleNamespace(tool_classes=[int], tool_dispatcher=None)) == [
        ("tool_classes", "1", True), ("tool_dispatcher", "nil", True),
    ]  # fmt: skip
    assert read(Broken()) == [("tool_classes", "2", True), ("tool_dispatcher", "unreadable", False)]
    assert read(SimpleNamespace(tool_classes=7))[0] == ("tool_classes", "unreadable", False)
    supervised = SimpleNamespace(agent_supervisor=SimpleNamespace(tool_dispatcher=None))
    assert ("agent_supervisor.tool_dispatcher", "nil", True) in read(supervised)
    own = SimpleNamespace(jobs=SimpleNamespace(classes=(int,)), tool_dispatcher=None)
    assert read(own, tool_classes="jobs.classes")[0] == ("tool_classes", "1", True)
    bridged = SimpleNamespace(tool_classes=[int], agent_websocket_bridge=object())
    assert ("websocket_bridge", "absent", True) in read(bridged, "websocket")
    assert "websocket_bridge" not in [field for field, _, _ in read(bridged, "http")]


@pytest.mark.parametrize(
    ("rows", "initialization", "tests"),
    [
        ([("factory", None, 9, 0)], "done", "unknown"),
        ([("factory", None, 9, 0), ("mixed", "factory", 9, 0)], "done", "unknown"),
        ([("factory", None, 9, 0), ("mixed", "singleton", 9, 0)], "open", "unknown"),
        ([("factory", None, 9, 0), ("singleton", None, 900, 0)], "open", "unknown"),
        ([("missingComponent(tool_dispatcher)", None, 0, 3)], "open", "open"),
        ([("factory", None, 9, 0), ("unknown", None, 0, 0)], "unknown", "unknown"),
    ],
)
def test_an_item_is_done_by_evidence_of_that_item(
    rows: list[tuple[str, str | None, int, int]], initialization: str, tests: str
) -> None:
    paths = [
        {"path": f"p{n}", "detected": detected, "wins": wins, "created": ok, "failed": bad, "fallbacks": 0}
        for n, (detected, wins, ok, bad) in enumerate(rows)
    ]
    states = {item["id"]: item["state"] for item in checklist(paths)}
    assert (states["initialization"], states["tests"]) == (initialization, tests)
