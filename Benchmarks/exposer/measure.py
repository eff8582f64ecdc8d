"""What the exposer costs: alternated runs with and without it, on uvicorn, in CPU time and requests per second.

    python -m venv venv && venv/bin/pip install fastapi uvicorn Assets/python/ctxtop_exposer
    venv/bin/python Benchmarks/exposer/measure.py

CPU time is the server's own (`/proc/PID/schedstat`, nanoseconds), so a busy
machine disturbs it less than it does the rate.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8


async def ask(port: int, path: str, count: int, first: int) -> None:
    """Sends requests over one connection, each after the answer to the one before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(first, first + count):
        writer.write(f"GET {path}/{number} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length[15:]))
    writer.close()


async def load(port: int, path: str, count: int) -> None:
    """Sends `count` requests over eight connections."""
    share = count // CONNECTIONS
    await asyncio.gather(*(ask(port, path, share, index * share) for index in range(CONNECTIONS)))


async def ready(port: int) -> None:
    """Waits for the server."""
    while True:
        try:
            return await ask(port, "/item", 1, 0)
        except OSError:
            await asyncio.sleep(0.05)


def cpu(pid: int) -> int:
    """Nanoseconds of CPU that every thread of a process has used."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


def run(exposed: bool, path: str, count: int, work: float, port: int) -> tuple[float, float]:
    """One run: requests per second, and microseconds of the server's CPU per request."""
    arguments = [sys.executable, str(HERE / "served.py"), "--port", str(port), "--work", str(work)]
    server = subprocess.Popen(arguments + (["--exposed"] if exposed else []))
    try:
        asyncio.run(ready(port))
        asyncio.run(load(port, path, count // 10))
        used, began = cpu(server.pid), time.perf_counter()
        asyncio.run(load(port, path, count))
        took = time.perf_counter() - began
        return count / took, (cpu(server.pid) - used) / count / 1000
    finally:
        server.terminate()
        server.wait()


def compare(title: str, path: str, count: int, work: float, rounds: int, port: int) -> None:
    """Alternates, and prints medians and the median of the ratios of neighbours."""
    results: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for number in range(rounds):
        for exposed in (False, True) if number % 2 == 0 else (True, False):
            results[exposed].append(run(exposed, path, count, work, port))
    pairs = list(zip(results[True], results[False]))
    ratio = statistics.median(mine[1] / plain[1] for mine, plain in pairs)
    rates = [statistics.median(rate for rate, _ in results[exposed]) for exposed in (False, True)]
    costs = [statistics.median(cost for _, cost in results[exposed]) for exposed in (False, True)]
    print(
        f"{title:34} {rates[0]:7.0f} → {rates[1]:7.0f} requests/s   "
        f"{costs[0]:7.1f} → {costs[1]:7.1f} µs CPU   {100 * (ratio - 1):+5.1f} %",
        flush=True,
    )


def main() -> None:
    """Compares a plain route and a run of an agent."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=8000)
    parser.add_argument("--port", type=int, default=8790)
    options = parser.parse_args()
    if hasattr(os, "sched_getaffinity"):
        print(f"{options.rounds} alternated runs, {options.requests} requests each, without → with the exposer")
    compare("a route of the app's own", "/item", options.requests, 0, options.rounds, options.port)
    compare("a run: context, 5 events, no work", "/run", options.requests // 2, 0, options.rounds, options.port)


if __name__ == "__main__":
    main()
