"""`ctxtop listen` on a free port, and what its events say."""

import gzip
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from harness import ROOT, ctxtop, free_port


class Listener:
    """Collects the events; with `keep`, received bodies are also written there on their way."""

    def __init__(self, keep=None):
        self.home = pathlib.Path(keep or tempfile.mkdtemp())
        self.home.mkdir(parents=True, exist_ok=True)
        port = free_port()
        environ = {**os.environ, "CTXTOP_ASSETS": os.environ.get("CTXTOP_ASSETS", str(ROOT / "Assets"))}
        environ |= {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home)}
        self.file = self.home / "events.ndjson"
        self.process = subprocess.Popen(
            [ctxtop(), "listen", "--otlp", f"127.0.0.1:{port}", "--otlp-grpc", "off"], env=environ, stdin=subprocess.DEVNULL,
            stdout=self.file.open("wb"), stderr=(self.home / "listen.log").open("wb"))
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        if keep:
            self.url = recorded(self.url, self.home)

    def stop(self):
        """Ends it; its events."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return [json.loads(line) for line in self.file.read_text().splitlines()]


def recorded(target, folder):
    """The address of a server that writes each body into the folder and passes it on."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            name = f"{time.time():.3f}{self.path.replace('/', '-')}.bin"
            (folder / name).write_bytes(plain)
            passed = {key: value for key, value in self.headers.items() if key.lower().startswith("content-")}
            with urllib.request.urlopen(urllib.request.Request(target + self.path, body, passed)) as answer:
                text = answer.read()
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Run:
    """A run as its events tell it."""

    def __init__(self):
        self.starts, self.end, self.agent, self.session, self.user = 0, None, None, None, None
        self.tools, self.failed, self.tokens, self.began, self.ended = [], 0, 0, None, None

    def take(self, event, metadata):
        self.agent = metadata.get("agent") or self.agent
        self.session, self.user = metadata.get("session"), metadata.get("user") or self.user
        match event["type"]:
            case "RUN_STARTED":
                self.starts += 1
                self.began = self.began or event["timestamp"]
            case "TOOL_CALL_START":
                self.tools.append(event["toolCallName"])
            case "TOOL_CALL_RESULT":
                self.failed += str(event.get("content") or "").startswith("error")
            case "RUN_FINISHED" | "RUN_ERROR" as kind:
                outcome = (event.get("outcome") or {}).get("type")
                self.end, self.ended = "error" if kind == "RUN_ERROR" else outcome, event["timestamp"]
                self.tokens += sum(sum_of.get("inputTokens", 0) for sum_of in event.get("usage") or [])

    def __str__(self):
        failed = f", {self.failed} failed" if self.failed else ""
        again = f", {self.starts} starts" if self.starts != 1 else ""
        return f"{self.agent} {self.end or 'open'} [{' '.join(self.tools)}]{failed} {self.tokens} tokens{again}"


def told(events):
    """The runs, sessions and users that the events tell; a session that was closed does not count."""
    runs, sessions, users = {}, set(), set()
    for event in events:
        metadata = event.get("metadata") or {}
        if event["type"] == "CUSTOM":
            is_session = str(event.get("name", "")).endswith("session")
            if is_session and (event.get("value") or {}).get("change") == "closed":
                sessions.discard(metadata.get("session"))
            continue
        if metadata.get("session"):
            sessions.add(metadata["session"])
        if metadata.get("user"):
            users.add(metadata["user"])
        if metadata.get("run"):
            # The session of a run may get its name later.
            runs.setdefault(metadata["run"], Run()).take(event, metadata)
    return list(runs.values()), sorted(sessions), sorted(users)
