"""A backend for measuring the console: as many sessions and events as asked for, on loopback.

It speaks the routes that a console reads (/health, /monitor/v1/snapshot, /monitor/v1/events) and invents
nothing else. Standard library only.
"""
import json
import multiprocessing
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BOOT = "bench"
START = int(time.time() * 1000)


def rfc3339(milliseconds):
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds / 1000))
    return f"{seconds}.{milliseconds % 1000:03d}Z"


def session_id(number):
    return f"01a2097e-95be-76fb-a334-{100_000_000_000 + number}"


def dispatcher_id(number):
    return f"01a2097e-99a7-7df2-90ea-{100_000_000_000 + number}"


def snapshot(sessions):
    at = rfc3339(START)
    path = {
        "path": "http", "kind": "http", "detected": "factory", "expected": "factory",
        "evidence": [{"field": "tool_classes", "value": "4", "source": "start-up", "at": at, "trusted": True}],
        "lastOutcome": {"status": "ok", "at": at}, "created": sessions, "failed": 0, "fallbacks": 0, "lastUsedAt": {},
    }
    rows = [
        {
            "id": session_id(n), "user": f"user-{n}@example.com", "path": "http", "state": "idle", "since": at,
            "lastEventAt": at, "runs": 1, "eventsSeen": ["agent_started", "agent_completed"],
            "dispatcher": dispatcher_id(n),
        }
        for n in range(sessions)
    ]
    dispatchers = [
        {
            "id": dispatcher_id(n), "user": f"user-{n}@example.com", "session": session_id(n), "state": "idle",
            "pattern": "factory", "createdAt": at, "lastUsedAt": at, "executed": 1, "failed": 0, "inFlight": 0,
            "owners": [f"user-{n}@example.com"],
        }
        for n in range(sessions)
    ]
    health = {"status": "pass", "at": at, "checks": []}
    return {
        "name": "bench", "version": "1", "instance": "bench-1", "bootId": BOOT, "startedAt": at,
        "startup": {"phase": "complete", "phases": []}, "health": health, "paths": [path], "sessions": rows,
        "dispatchers": dispatchers, "runs": [], "contexts": [], "limits": {}, "checklist": [], "sessionsOmitted": 0,
        "dispatchersOmitted": 0, "runsOmitted": 0, "lastEventId": f"{BOOT}-0", "history": [],
    }


def event(number, sessions):
    """Five events make a run; its user and session are those of the snapshot."""
    run, step = divmod(number, 5)
    kinds = ("RUN_STARTED", "REASONING_START", "TOOL_CALL_START", "TOOL_CALL_RESULT", "RUN_FINISHED")
    about = {
        "user": f"user-{run % sessions}@example.com", "session": session_id(run % sessions),
        "run": f"01a2097e-ae52-77d0-9278-{100_000_000_000 + run}", "path": "http", "seq": step,
        "dispatcher": dispatcher_id(run % sessions), "id": f"{BOOT}-{number + 1}",
    }
    body = {"type": kinds[step], "timestamp": int(time.time() * 1000), "toolCallId": f"call-{run}",
            "toolCallName": "calculate", "metadata": about}
    return f"id: {about['id']}\ndata: {json.dumps(body)}\n\n"


class Backend:
    """Serves until closed, in a process of its own, so that who measures does not wait for who sends."""

    def __init__(self, sessions, burst=0, per_second=0):
        self.counter = counter = multiprocessing.Value("q", 0)
        document = json.dumps(snapshot(sessions)).encode()
        ready = json.dumps({"status": "pass", "links": {"monitor": "/monitor/v1"}, "checks": {}}).encode()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path.startswith("/monitor/v1/events"):
                    return self.stream()
                body = document if self.path.startswith("/monitor") else ready
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def stream(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(f": instance bench-1 boot {BOOT}\nretry: 2000\n\n".encode())
                try:
                    while counter.value < burst:
                        self.write(min(2000, burst - counter.value))
                    while True:
                        time.sleep(0.02)
                        if per_second:
                            self.write(per_second // 50)
                except OSError:
                    pass

            def write(self, count):
                text = "".join(event(counter.value + n, sessions) for n in range(count))
                self.wfile.write(text.encode())
                counter.value += count

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.process = multiprocessing.Process(target=server.serve_forever, daemon=True)
        self.process.start()
        server.socket.close()

    @property
    def sent(self):
        """How many events were written."""
        return self.counter.value

    def close(self):
        self.process.terminate()
        self.process.join()
