"""The backend's HTTP path, driven with the ag-ui-protocol package and judged by ag-ui-validate."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator

import httpx2 as httpx
import pytest
from ag_ui.core import Event, RunAgentInput, Tool, ToolMessage, UserMessage
from pydantic import TypeAdapter

EVENTS = TypeAdapter(Event)
VALIDATOR = os.path.join(os.path.dirname(sys.executable), "ag-ui-validate")
# Each calls at least one of the agent's tools, whatever the seed; some call one that fails.
PROMPTS = [f"question {number}" for number in range(12)]


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    program = os.environ.get("CTXTOP_BACKEND")
    if not program:
        pytest.skip("CTXTOP_BACKEND names no program")
    command = [program, "serve", "--port", "0", "--insecure-loopback"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(timeout=20)


class Client:
    """One user's thread: sends RunAgentInput, keeps the bytes of every run."""

    def __init__(self, url: str, user: str, thread: str) -> None:
        self.url = url + "/v1/agents/assistant/ag-ui"
        self.headers = {"X-Ctxtop-User": user, "Accept": "text/event-stream"}
        self.thread = thread
        self.runs = itertools.count(1)
        self.captured: list[bytes] = []

    def run(self, messages: list[Any], **more: Any) -> list[Any]:
        resume = more.pop("resume", None)
        forwarded = more.pop("forwarded_props", {})
        body = RunAgentInput(
            thread_id=self.thread,
            run_id=f"{self.thread}-{next(self.runs)}",
            state=more.pop("state", {}),
            messages=messages,
            tools=more.pop("tools", []),
            context=[],
            forwarded_props=forwarded,
        ).model_dump(by_alias=True, mode="json", exclude_none=True)
        if resume is not None:
            body["resume"] = resume
        answer = httpx.post(self.url, json=body, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        self.captured.append(answer.content)
        datas = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
        return [EVENTS.validate_python(json.loads(data)) for data in datas]

    def judge(self, path: Any) -> None:
        for number, capture in enumerate(self.captured):
            file = path / f"{self.thread}-{number}.sse"
            file.write_bytes(capture)
            command = [VALIDATOR, str(file), "--max-warnings", "0", "--no-color"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stdout + done.stderr


def kinds(events: list[Any]) -> list[str]:
    return [event.type.value for event in events]


def user(text: str) -> UserMessage:
    return UserMessage(id="m-" + text, role="user", content=text)


def all_prompts(backend: str, name: str, tmp_path: Any, **more: Any) -> list[list[Any]]:
    """The events of one run for each prompt, side by side; an agent takes its time."""

    def one(number: int) -> list[Any]:
        client = Client(backend, "ada@acme.io", f"{name}-{number}")
        events = client.run([user(PROMPTS[number])], **more)
        client.judge(tmp_path)
        return events

    with ThreadPoolExecutor(len(PROMPTS)) as pool:
        return list(pool.map(one, range(len(PROMPTS))))


def test_text_reasoning_tools_results_and_usage(backend: str, tmp_path: Any) -> None:
    seen: set[str] = set()
    for events in all_prompts(backend, "plain", tmp_path):
        assert kinds(events)[0] == "RUN_STARTED" and kinds(events)[-1] == "RUN_FINISHED"
        assert events[-1].usage[0].input_tokens > 0
        calls = {event.tool_call_id for event in events if event.type.value == "TOOL_CALL_START"}
        results = {event.tool_call_id for event in events if event.type.value == "TOOL_CALL_RESULT"}
        assert calls == results
        seen |= set(kinds(events))
    assert {"REASONING_MESSAGE_CONTENT", "TOOL_CALL_ARGS", "TOOL_CALL_RESULT", "TEXT_MESSAGE_CONTENT"} <= seen


def test_shared_state_comes_as_a_snapshot_and_deltas(backend: str, tmp_path: Any) -> None:
    runs = all_prompts(backend, "state", tmp_path, state={"title": "a document"})
    seen = {kind for events in runs for kind in kinds(events)}
    assert {"STATE_SNAPSHOT", "STATE_DELTA", "STEP_STARTED", "STEP_FINISHED"} <= seen


def test_a_tool_of_the_client_is_called_and_its_answer_goes_on(backend: str, tmp_path: Any) -> None:
    client = Client(backend, "mira@globex.eu", "client-tool")
    tool = Tool(
        name="pick_colour",
        description="asks the person",
        parameters={"type": "object", "properties": {"question": {"type": "string"}}},
    )
    prompt = user("please pick_colour")
    events = client.run([prompt], tools=[tool])
    call = next(event for event in events if getattr(event, "tool_call_name", "") == "pick_colour")
    answer = ToolMessage(id="t-1", role="tool", tool_call_id=call.tool_call_id, content="blue")
    again = client.run([prompt, answer], tools=[tool])
    said = "".join(event.delta for event in again if event.type.value == "TEXT_MESSAGE_CONTENT")
    assert "blue" in said
    client.judge(tmp_path)


def test_an_interrupt_is_resumed(backend: str, tmp_path: Any) -> None:
    client = Client(backend, "omar@initech.io", "interrupt")
    ask = {"askBefore": ["calculate", "search_corpus", "current_time", "query_json", "slow_report", "flaky_lookup"]}
    for prompt in PROMPTS:
        events = client.run([user(prompt)], forwarded_props=ask)
        outcome = events[-1].outcome
        if outcome.type == "interrupt":
            break
    assert outcome.type == "interrupt"
    resume = [{"interruptId": outcome.interrupts[0].id, "status": "resolved", "payload": True}]
    again = client.run([], resume=resume)
    assert "TOOL_CALL_RESULT" in kinds(again)
    assert again[-1].outcome.type in {"success", "interrupt"}
    client.judge(tmp_path)


def test_an_error_is_a_run_error(backend: str) -> None:
    headers = {"X-Ctxtop-User": "ada@acme.io"}
    answer = httpx.post(backend + "/v1/agents/assistant/ag-ui", json={"messages": 3}, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
