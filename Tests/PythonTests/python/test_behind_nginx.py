"""The exposer behind the real nginx: what README.md says of proxies."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from conftest import serving, wait_until
from ctxtop_exposer import Exposer
from fastapi import FastAPI

SNAPSHOT = "/monitor/v1/snapshot"
#: What deployments write into a location, by name, and words of the refusal that it leads to.
LOCATIONS = {
    "plain": ("", "HTTP/1.0"),
    "old header": ("proxy_set_header Connection '';", "HTTP/1.0"),
    "forwarding": ("proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr;", "x-forwarded-for"),
    "real address": ("proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;", "x-real-ip"),
    "public host": ("proxy_http_version 1.1; proxy_set_header Host $host;", "another host"),
    "public host and port": ("proxy_http_version 1.1; proxy_set_header Host $http_host;", "another host"),
}


@contextmanager
def nginx(folder: Path, url: str, location: str) -> Iterator[int]:
    """Runs nginx before that URL; gives its port."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "nginx is missing; make test-deps installs it"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;"
        f"events {{ worker_connections 64; }} http {{ access_log off; {temporary}"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {url}; {location} }} }} }}"
    )
    process = subprocess.Popen(
        [program, "-e", "stderr", "-p", str(folder), "-c", str(configuration)], stderr=subprocess.PIPE
    )

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(answers)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def get(port: int, path: str, **fields: str) -> tuple[int, str]:
    """What a caller of the public name gets."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": "agents.example", **fields})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("name", LOCATIONS)
def test_loopback_is_not_the_world_behind_a_proxy(name: str, tmp_path: Path) -> None:
    location, words = LOCATIONS[name]
    app = FastAPI()
    Exposer(app, insecure_loopback=True)
    with serving(app) as url, nginx(tmp_path, url, location) as port:
        status, body = get(port, SNAPSHOT)
        assert (status, words in body) == (401, True), body
        assert get(port, "/health")[0] == 200


def test_a_token_gets_through_a_proxy(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.touch(0o600)
    file.write_text("s3cret ada read\n")
    app = FastAPI()
    Exposer(app, token_file=str(file))
    with serving(app) as url, nginx(tmp_path, url, "") as port:
        assert get(port, SNAPSHOT)[0] == 401
        assert get(port, SNAPSHOT, Authorization="Bearer s3cret")[0] == 200


def test_a_proxy_that_leaves_no_trace_is_why_loopback_is_off_by_default(tmp_path: Path, monkeypatch: Any) -> None:
    # What nginx sends by default from 1.29.7 on: HTTP/1.1, the app's own Host, no field of its own.
    location = "proxy_http_version 1.1; proxy_set_header Connection '';"
    monkeypatch.delenv("CTXTOP_TOKEN_FILE", raising=False)
    app = FastAPI()
    Exposer(app)
    with serving(app) as url, nginx(tmp_path, url, location) as port:
        assert get(port, SNAPSHOT)[0] == 401
