"""Measures the backend beside FastAPI on uvicorn, in one run; prints one row a line.

usage: run.py BACKEND PYTHON [ROW…]   (the release build of ctxtop-backend; a Python with fastapi and uvicorn[standard])

Work is measured in processor time of the server, so that neither the users, who
share the machine, nor other programs change the ratios much.
"""
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import load

BACKEND, PYTHON = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))


@contextlib.contextmanager
def backend(*flags):
    """A backend on a free port: its process id and port."""
    command = [BACKEND, "serve", "--port", "0", "--insecure-loopback", "--pace", "immediate", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.pid, int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def peer(events):
    """The FastAPI server: its process id and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([PYTHON, os.path.join(HERE, "peer.py"), str(port), events])
    try:
        while True:
            try:
                load.ask(port, "/health")
                break
            except OSError:
                time.sleep(0.05)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def five_event_prompt(port):
    """A prompt whose run is the five operator words with one calculation, and the run's events."""
    for number in range(200):
        answer = load.ask(port, "/v1/agents/assistant/ag-ui", {"prompt": f"ask {number}"}, user="finder")
        events = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith("data: ")]
        calls = [event["toolCallName"] for event in events if event["type"] == "TOOL_CALL_START"]
        if calls == ["calculate"]:
            return f"ask {number}", events
    raise SystemExit("no prompt of 200 makes one calculation")


async def runs(pid, port, prompt, connections, each):
    """Processor milliseconds a run, and the runs' durations."""
    sockets = await load.open_many(port, connections)

    async def user(one):
        return [await one.run(prompt) for _ in range(each)]

    await asyncio.gather(*(one.run(prompt) for one in sockets))
    before, began = load.cpu(pid), time.monotonic()
    durations = sum(await asyncio.gather(*(user(one) for one in sockets)), [])
    spent, took = load.cpu(pid) - before, time.monotonic() - began
    for one in sockets:
        one.close()
    return spent * 1000 / (connections * each), durations, connections * each / took


def p95(values):
    return statistics.quantiles(values, n=20)[18]


def work():
    ours, theirs, health = [], [], {"ours": [], "theirs": []}
    for _ in range(5):
        with backend() as (pid, port):
            prompt, events = five_event_prompt(port)
            with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
                file.writelines(json.dumps(event) + "\n" for event in events)
                file.flush()
                ours.append(asyncio.run(runs(pid, port, prompt, 20, 100))[0])
                before = load.cpu(pid)
                asyncio.run(load.keep_asking(port, "/health", 4000))
                health["ours"].append((load.cpu(pid) - before) * 1000 / 4000)
                with peer(file.name) as (peer_pid, peer_port):
                    theirs.append(asyncio.run(runs(peer_pid, peer_port, prompt, 20, 100))[0])
                    before = load.cpu(peer_pid)
                    asyncio.run(load.keep_asking(peer_port, "/health", 4000))
                    health["theirs"].append((load.cpu(peer_pid) - before) * 1000 / 4000)
    one, other = statistics.median(ours), statistics.median(theirs)
    print(f"run of {len(events)} events over WebSocket: {one:.2f} ms of processor, FastAPI {other:.2f} ms; "
          f"ratio {other / one:.2f} (aim 2.00 or more)")
    one, other = (statistics.median(health[name]) for name in ("ours", "theirs"))
    print(f"GET /health: {one * 1000:.0f} µs of processor, FastAPI {other * 1000:.0f} µs; "
          f"ratio {other / one:.2f} (aim 4.00 or more)")


def patterns():
    rows = {}
    for pattern in ("factory", "singleton"):
        with backend("--pattern", pattern, "--user-connections", "1000") as (pid, port):
            prompt, _ = five_event_prompt(port)
            before = load.resident(pid)
            spent, durations, rate = asyncio.run(runs(pid, port, prompt, 1000, 4))
            rows[pattern] = (load.resident(pid) - before, p95(durations), spent)
    for pattern, (memory, slowest, spent) in rows.items():
        print(f"1,000 users at once on {pattern}: {memory / 1e6:.1f} MB more, p95 of runs {slowest:.0f} ms, "
              f"{spent:.2f} ms of processor a run")
    ratio = [rows["factory"][index] / rows["singleton"][index] for index in range(3)]
    print(f"  factory to singleton: memory {ratio[0]:.2f}, p95 {ratio[1]:.2f}, processor {ratio[2]:.2f}")


def idle():
    count = 10_000
    with backend() as (pid, port):
        async def hold():
            warm = await load.open_many(port, 100, "warm")
            for one in warm:
                one.close()
            await asyncio.sleep(2)
            before = load.resident(pid)
            sockets, stays = [], []
            for part in range(20):
                more = await load.open_many(port, count // 20, f"part{part}-")
                stays += [asyncio.create_task(one.stay()) for one in more]
                sockets += more
            await asyncio.sleep(2)
            each = (load.resident(pid) - before) / count
            used = load.cpu(pid)
            await asyncio.sleep(20)
            used = (load.cpu(pid) - used) / 20
            print(f"{count} idle sessions: {each:.0f} bytes each (aim 12,000), {used * 100:.2f} % of a core")
            slowest, closed = 0.0, time.monotonic()
            spent = load.cpu(pid)
            for one in stays:
                one.cancel()
            for one in sockets:
                one.close()
            live = count
            while live > 0 and time.monotonic() - closed < 90:
                began = time.monotonic()
                await asyncio.to_thread(load.ask, port, "/livez")
                slowest = max(slowest, time.monotonic() - began)
                text = await asyncio.to_thread(load.ask, port, "/metrics")
                live = sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                           if line.startswith("agent_sessions_active{"))
                await asyncio.sleep(0.25)
            print(f"  all lost at once: {live} left {time.monotonic() - closed:.0f} s later (grace 30 s), "
                  f"{load.cpu(pid) - spent:.2f} s of processor, slowest GET /livez {slowest * 1000:.0f} ms, "
                  f"{(load.resident(pid) - before) / count:.0f} bytes each still resident")

        asyncio.run(hold())


async def paced(pid, port, prompt, rate, seconds):
    """Processor milliseconds a run at so many runs a second, of twenty users."""
    sockets = await load.open_many(port, 20)
    before, began, count = load.cpu(pid), time.monotonic(), 0

    async def user(one, offset):
        nonlocal count
        next_run = began + offset
        while next_run < began + seconds:
            await asyncio.sleep(max(0, next_run - time.monotonic()))
            await one.run(prompt)
            count += 1
            next_run += len(sockets) / rate

    await asyncio.gather(*(user(one, index / rate) for index, one in enumerate(sockets)))
    for one in sockets:
        one.close()
    return (load.cpu(pid) - before) * 1000 / count


def console():
    """What a console costs: its event stream read, and a snapshot every 30 s."""
    alone, watched = [], []
    for _ in range(4):
        for values, is_watched in ((alone, False), (watched, True)):
            with backend() as (pid, port):
                prompt, events = five_event_prompt(port)
                rate = 2000 / len(events)
                reader = None
                if is_watched:
                    reader = subprocess.Popen(
                        [sys.executable, os.path.join(HERE, "watcher.py"), str(port)])
                    time.sleep(1)
                values.append(asyncio.run(paced(pid, port, prompt, rate, 20)))
                if reader:
                    reader.kill()
                    reader.wait()
    one, other = statistics.median(alone), statistics.median(watched)
    print(f"a console attached at 2,000 events/s: {one:.2f} ms of processor a run alone, {other:.2f} ms "
          f"watched; {(other / one - 1) * 100:+.1f} % (aim +3 % or less)")


ROWS = {"work": work, "patterns": patterns, "idle": idle, "console": console}
for name in sys.argv[3:] or ROWS:
    ROWS[name]()
