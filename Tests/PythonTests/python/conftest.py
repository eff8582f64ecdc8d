"""What the tests share: the package and the example from this checkout, a clock, a server, and ctxtop itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "Assets" / "python" / "ctxtop_exposer"
EXAMPLE = ROOT / "Assets" / "examples" / "fastapi_incident"
sys.path[:0] = [str(PACKAGE)]
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
# Whoever starts the tests may hold signals back, and children would inherit that.
signal.pthread_sigmask(signal.SIG_SETMASK, [])


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ctxtop() -> Any:
    """Runs the console's program: `ctxtop("check", url)`."""
    program = os.environ.get("CTXTOP", "")
    if not program or not os.path.exists(program):
        pytest.skip("CTXTOP names no ctxtop program; swift test sets it")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)

    return run


@contextmanager
def serving(app: Any, **options: Any) -> Iterator[str]:
    """Serves an app on a free port with uvicorn, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"


def wait_until(condition: Any, seconds: float = 20) -> None:
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def lines(exposer: Any) -> list[dict]:
    """Every event in the ring, as operators get it."""
    monitor = exposer.monitor
    events, _ = monitor.ring.after(0, 1_000_000)
    return [json.loads(line) for _, line in events]
