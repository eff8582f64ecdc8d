"""The event stream over a real server: resume, gone, gap, heartbeat, and a server that can stop."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import ctxtop_exposer.stream
import pytest
from conftest import serving, wait_until
from ctxtop_exposer import Exposer
from fastapi import FastAPI


class Reader:
    """Reads one stream, block by block."""

    def __init__(self, url: str, after: str | None = None) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        headers = {} if after is None else {"last-event-id": after}
        self.connection.request("GET", "/monitor/v1/events", headers=headers)
        self.answer = self.connection.getresponse()

    def blocks(self) -> Iterator[list[str]]:
        block: list[str] = []
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line:
                block.append(line)
            elif block:
                yield block
                block = []
            else:
                return

    def events(self, count: int) -> list[tuple[str | None, dict[str, Any]]]:
        found = []
        for block in self.blocks():
            id = next((line[4:] for line in block if line.startswith("id: ")), None)
            found += [(id, json.loads(line[6:])) for line in block if line.startswith("data: ")]
            if len(found) >= count:
                break
        return found

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@pytest.fixture
def exposed() -> Iterator[tuple[Exposer, str]]:
    app = FastAPI()
    exposer = Exposer(app, insecure_loopback=True)
    with serving(app) as url:
        yield exposer, url


def emit(exposer: Exposer, count: int) -> None:
    for number in range(count):
        exposer.emit("agent_started", {"run_id": f"r{number}"})


def test_a_stream_is_joined_and_resumed_without_a_gap(exposed: tuple[Exposer, str]) -> None:
    exposer, url = exposed
    emit(exposer, 3)
    boot = exposer.monitor.boot_id
    reader = Reader(url, f"{boot}-1")
    assert (reader.answer.status, reader.answer.getheader("content-type")) == (200, "text/event-stream")
    hello = next(reader.blocks())
    assert hello[0] == f": instance={exposer.monitor.instance} boot={boot}" and hello[1] == "retry: 2000"
    assert [id for id, _ in reader.events(2)] == [f"{boot}-2", f"{boot}-3"]
    emit(exposer, 1)
    ((id, event),) = reader.events(1)
    assert (id, event["metadata"]["id"]) == (f"{boot}-4", f"{boot}-4")
    reader.close()
    wait_until(lambda: not exposer.monitor.listeners)


def test_without_a_resume_point_only_news_come(exposed: tuple[Exposer, str]) -> None:
    exposer, url = exposed
    emit(exposer, 3)
    reader = Reader(url)
    next(reader.blocks())
    emit(exposer, 1)
    assert reader.events(1)[0][0] == f"{exposer.monitor.boot_id}-4"
    reader.close()


@pytest.mark.parametrize(
    "after", ["other-1", "{boot}-9", "{boot}-x", "nonsense", "{boot}-", "{boot}--1", "{boot}-٣"]
)
def test_a_resume_point_that_is_gone_is_410(exposed: tuple[Exposer, str], after: str) -> None:
    exposer, url = exposed
    emit(exposer, 3)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    point = after.format(boot=exposer.monitor.boot_id)
    connection.putrequest("GET", "/monitor/v1/events")
    connection.putheader("last-event-id", point.encode())
    connection.endheaders()
    answer = connection.getresponse()
    body = json.loads(answer.read())
    assert (answer.status, answer.getheader("content-type")) == (410, "application/problem+json")
    assert (body["snapshot"], body["bootId"]) == ("/monitor/v1/snapshot", exposer.monitor.boot_id)


def test_the_oldest_event_held_can_be_resumed_from_and_one_before_it_not(
    exposed: tuple[Exposer, str],
) -> None:
    exposer, url = exposed
    exposer.monitor.ring.maximum = 2
    emit(exposer, 5)  # 4 and 5 are held.
    boot = exposer.monitor.boot_id
    statuses = [Reader(url, f"{boot}-{number}").answer.status for number in (2, 3, 5, 6)]
    assert statuses == [410, 200, 200, 410]


def test_a_slow_reader_is_told_what_it_lost() -> None:
    exposer = Exposer(FastAPI(), insecure_loopback=True)
    exposer.monitor.ring.maximum = 10
    emit(exposer, 30)
    body, position, more = ctxtop_exposer.stream.chunk(exposer.monitor, 5)
    first = json.loads(body.split(b"\n\n")[0][6:])
    boot = exposer.monitor.boot_id
    assert first["name"] == "ctxtop.gap"
    assert first["value"] == {
        "after": f"{boot}-5", "next": f"{boot}-21", "lost": 15, "instance": exposer.monitor.instance, "bootId": boot,
    }  # fmt: skip
    assert (position, more) == (30, False)


def test_a_quiet_stream_says_that_it_lives(exposed: tuple[Exposer, str], monkeypatch: Any) -> None:
    monkeypatch.setattr(ctxtop_exposer.stream, "OBSERVING", 0.05)
    monkeypatch.setattr(ctxtop_exposer.stream, "HEARTBEAT", 0.1)
    reader = Reader(exposed[1])
    blocks = reader.blocks()
    next(blocks)
    assert next(blocks) == [": alive"]
    reader.close()


def test_a_fix_is_seen_while_somebody_watches(exposed: tuple[Exposer, str], monkeypatch: Any) -> None:
    monkeypatch.setattr(ctxtop_exposer.stream, "OBSERVING", 0.05)
    exposer, url = exposed
    exposer.path("websocket")
    reader = Reader(url)
    next(reader.blocks())
    exposer.app.state.tool_dispatcher, exposer.app.state.tool_classes = None, [int]
    (_, event) = reader.events(1)[0]
    assert (event["name"], event["value"]["detected"]) == ("ctxtop.path", "factory")
    reader.close()


def test_an_open_stream_does_not_keep_the_server_from_stopping() -> None:
    app = FastAPI()
    exposer = Exposer(app, insecure_loopback=True)
    with serving(app) as url:
        reader = Reader(url)
        next(reader.blocks())
        wait_until(lambda: len(exposer.monitor.listeners) == 1)
    # `serving` waits for the server's end, and the stream was ended by it.
    assert list(reader.blocks()) == []


def test_streams_are_limited(exposed: tuple[Exposer, str], monkeypatch: Any) -> None:
    monkeypatch.setattr(ctxtop_exposer.stream, "MOST_STREAMS", 1)
    first, second = Reader(exposed[1]), Reader(exposed[1])
    assert (first.answer.status, second.answer.status) == (200, 503)
    assert second.answer.getheader("retry-after") == "10"
    first.close()
