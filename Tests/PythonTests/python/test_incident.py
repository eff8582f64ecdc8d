"""The incident app, for real: ctxtop judges it broken and fixed, reads its snapshot and follows its stream."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import EXAMPLE, PACKAGE, wait_until


@contextmanager
def incident(*arguments: str) -> Iterator[str]:
    """Runs the example on a free port, with users; gives its URL."""
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLE / "app.py"), "--port", "0", "--users", "6", *arguments],
        stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("incident-chat ready at "), line
        yield line.split()[-1]
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


def snapshot(ctxtop: Any, url: str) -> Any:
    """What the console makes of it, once every path was tried."""
    seen: Any = None

    def tried() -> bool:
        nonlocal seen
        answer = ctxtop("snapshot", url, "--format", "json")
        assert answer.returncode == 0, answer.stderr
        seen = json.loads(answer.stdout)
        paths = seen["backends"][0]["paths"]
        return len(paths) == 3 and all(path["created"] + path["failed"] > 0 for path in paths)

    wait_until(tried)
    return seen


def test_the_broken_app_is_critical_and_names_path_and_component(ctxtop: Any) -> None:
    with incident() as url:
        document = snapshot(ctxtop, url)
        answer = ctxtop("check", url)
    assert answer.returncode == 2
    assert "path:websocket  websocket wants tool_dispatcher: nil" in answer.stdout
    assert "health-lies" in answer.stdout
    backend = document["backends"][0]
    paths = {path["path"]: path for path in backend["paths"]}
    assert paths["websocket"]["detected"] == "missingComponent(tool_dispatcher)"
    assert (paths["http"]["detected"], paths["background"]["detected"]) == ("factory", "factory")
    assert paths["websocket"]["expected"] == "factory"
    assert (backend["name"], backend["dialect"], backend["counters"]["decodeErrors"]) == (
        "incident-chat",
        "native",
        0,
    )
    rules = {finding["rule"] for finding in document["findings"]}
    assert rules == {
        "pattern-missingComponent",
        "pattern-unexpected",
        "creation-failing",
        "health-lies",
        "health-contradicts",
        "migration-halfway",
    }


def test_the_fixed_app_is_ok(ctxtop: Any) -> None:
    with incident("--fixed") as url:
        document = snapshot(ctxtop, url)
        answer = ctxtop("check", url)
    assert answer.returncode == 0, answer.stdout
    backend = document["backends"][0]
    assert {path["detected"] for path in backend["paths"]} == {"factory"}
    assert document["findings"] == []
    assert all(run["grammar"] != "violated" for run in backend["runs"])
    assert all(dispatcher["owners"] == [dispatcher["user"]] for dispatcher in backend["dispatchers"])


def test_the_stream_is_followed(ctxtop: Any) -> None:
    with incident("--fixed") as url:
        answer = ctxtop("snapshot", url, "--format", "json", "--wait", "4s")
    document = json.loads(answer.stdout)
    counters = document["backends"][0]["counters"]
    assert counters["eventsReceived"] > 10
    assert (counters["eventsDropped"], counters["decodeErrors"]) == (0, 0)
    assert document["findings"] == []


def test_the_documents_follow_ctxtops_schema(ctxtop: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((EXAMPLE.parents[1] / "schema" / "ctxtop.snapshot-1.schema.json").read_text())
    with incident() as url:
        document = snapshot(ctxtop, url)
        # The exposer's own snapshot, held against the schema of what the console prints of a backend.
        import urllib.request

        with urllib.request.urlopen(url + "/monitor/v1/snapshot") as answer:
            own = json.loads(answer.read())
    jsonschema.validate(document, schema)
    own.update(url=url, dialect="native", link="connected")
    own["counters"] = {"eventsReceived": 0, "eventsDropped": 0, "decodeErrors": 0, "reconnects": 0}
    jsonschema.validate({**document, "backends": [own]}, schema)
