"""Users over real sockets: each takes one way in, asks, waits a moment, and asks again."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from itertools import cycle

from websockets.asyncio.client import connect

NAMES = ("ada", "chen", "eva", "lee", "mira", "raj", "zoe", "山田")
QUESTIONS = ("6*7", "how long is a piece of string", "19+23", "what is the answer")
#: Seconds between two questions of one user.
PAUSE = 2.0


async def visit(port: int, number: int) -> None:
    """One user's visit, for ever: by WebSocket, HTTP or job, dealt round-robin."""
    user = f"{NAMES[number % len(NAMES)]}@acme.io"
    ways = (_chat, _ask, _job)
    await asyncio.sleep(0.1 * number)
    while True:
        try:
            await ways[number % 3](port, user)
        except (OSError, urllib.error.URLError):
            pass
        await asyncio.sleep(PAUSE)


async def _chat(port: int, user: str) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws/{user}") as socket:
        for question in cycle(QUESTIONS):
            await socket.send(question)
            while True:
                event = json.loads(await socket.recv())
                if event["type"] in ("agent_completed", "agent_error", "error_message"):
                    break
            await asyncio.sleep(PAUSE)


async def _ask(port: int, user: str) -> None:
    for question in QUESTIONS:
        await _post(port, "/agents/run", {"user": user, "question": question})
        await asyncio.sleep(PAUSE)


async def _job(port: int, user: str) -> None:
    await _post(port, "/jobs", {"user": user, "question": "how many words are in here"})


async def _post(port: int, path: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )

    def send() -> None:
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    await asyncio.get_running_loop().run_in_executor(None, send)
