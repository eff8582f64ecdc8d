"""What ctxtop-backend says of itself, read by other people's parsers: OpenAPI 3.1 and OpenMetrics 1.0."""
from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.openmetrics.parser import text_string_to_metric_families


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    program = os.environ.get("CTXTOP_BACKEND")
    if not program:
        pytest.skip("CTXTOP_BACKEND names no program")
    command = [program, "serve", "--port", "0", "--insecure-loopback", "--pace", "immediate", "--traffic", "6:600"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(timeout=20)


def text(url: str, accept: str = "*/*") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def test_the_document_is_openapi_3_1(backend: str) -> None:
    document = json.loads(text(backend + "/openapi.json"))
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_metrics_are_openmetrics(backend: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        page = text(backend + "/metrics", accept="application/openmetrics-text")
        families = {family.name: family for family in text_string_to_metric_families(page)}
        runs = families["gen_ai_invoke_agent_duration_seconds"]
        counts = [sample.value for sample in runs.samples if sample.name.endswith("_count")]
        if sum(counts) >= 6:
            break
        assert time.monotonic() < deadline, "no run has ended"
        time.sleep(0.05)
    assert runs.type == "histogram" and runs.unit == "seconds"
    assert families["agent_dispatchers_created"].type == "counter"
    assert {sample.labels["path"] for sample in families["agent_path_pattern"].samples} == {
        "websocket",
        "http",
        "background",
    }
    snapshot = json.loads(text(backend + "/monitor/v1/snapshot"))
    for name in {session["user"] for session in snapshot["sessions"]} | {run["id"] for run in snapshot["runs"]}:
        assert name not in page
