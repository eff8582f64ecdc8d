"""Who may read the monitoring routes: nobody, this machine's programs, or the tokens of a file."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import serving
from ctxtop_exposer import Exposer
from ctxtop_exposer.access import WrongTokens
from fastapi import FastAPI
from starlette.testclient import TestClient

SNAPSHOT = "/monitor/v1/snapshot"


def client(peer: str = "127.0.0.1", host: str = "127.0.0.1", **options: Any) -> TestClient:
    """A client at that address of an app that is exposed with those options."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> Any:
        return {"status": "ok"}

    Exposer(app, **options)
    return TestClient(app, base_url=f"http://{host}", client=(peer, 5000))


def token_file(folder: Path, text: str, mode: int = 0o600) -> str:
    """A file of tokens; only its owner may read it, unless another mode is given."""
    file = folder / "tokens"
    file.write_text(text)
    os.chmod(file, mode)
    return str(file)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_without_a_token_file_nobody_is_answered(monkeypatch: Any) -> None:
    monkeypatch.delenv("CTXTOP_TOKEN_FILE", raising=False)
    answer = client().get(SNAPSHOT)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert "it has no token file" in answer.json()["detail"]
    assert client().get(SNAPSHOT, headers=bearer("x")).status_code == 401
    assert client().get("/health").status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_programs_of_this_machine_are_answered_where_that_is_permitted(peer: str, host: str) -> None:
    assert client(peer, insecure_loopback=True).get(SNAPSHOT, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.7", "127.pages.example", "::2", "::ffff:10.0.0.7", "testclient", ""])
def test_other_machines_are_not(peer: str) -> None:
    answer = client(peer, insecure_loopback=True).get(SNAPSHOT)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client(peer, insecure_loopback=True).get("/monitor/v1/events").status_code == 401


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example", "localhost.pages.example", "127.pages.example", "127.0.0.1.pages.example",
        "localhost@pages.example", "[::1].pages.example", "::1.pages.example", "localhostx", "127.9.8.7", "",
        "localhost:8000:8000", "localhost\n", "localhost:٣",
    ],
)  # fmt: skip
def test_a_name_that_was_rebound_to_this_machine_is_not_this_machine(host: str) -> None:
    refused = client(insecure_loopback=True).get(SNAPSHOT, headers=[(b"host", host.encode())])
    assert refused.status_code == 401
    assert "localhost, 127.0.0.1 or [::1]" in refused.json()["detail"]


@pytest.mark.parametrize(
    "name",
    [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Anything", "X-Original-Forwarded-For",
        "X-Real-IP", "Via", "X-Client-IP", "X-Cluster-Client-IP", "CF-Connecting-IP", "CF-Ray", "True-Client-IP",
        "Fly-Client-IP", "X-Envoy-External-Address", "X-Amzn-Trace-Id", "X-Request-Start", "CDN-Loop",
        "Fastly-Client-IP", "X-ProxyUser-Ip", "X-Remote-Addr", "Tailscale-User-Login", "X-Scheme",
    ],
)  # fmt: skip
def test_a_field_that_proxies_add_is_refused_by_its_name(name: str) -> None:
    refused = client(insecure_loopback=True).get(SNAPSHOT, headers={name: "x"})
    assert refused.status_code == 401
    assert name.lower() in refused.json()["detail"]


def test_fields_of_direct_requests_are_not_those_of_proxies() -> None:
    fields = {
        "accept": "*/*", "user-agent": "x", "last-event-id": "b-1", "traceparent": "00-1-2-01", "cookie": "a=b",
        "sec-fetch-site": "none", "sec-ch-ua-platform": "x", "x-request-id": "r", "cache-control": "no-cache",
        "x-ctxtop-user": "ada", "priority": "u=1", "x-b3-traceid": "1", "vary": "x", "x-shipment": "2",
    }  # fmt: skip
    assert client(insecure_loopback=True).get(SNAPSHOT, headers=fields).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": "https://pages.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
def test_pages_of_other_sites_are_refused(fields: dict[str, str]) -> None:
    assert client(insecure_loopback=True).get(SNAPSHOT, headers=fields).status_code == 401


def test_a_token_file_admits_its_tokens_only(tmp_path: Path) -> None:
    file = token_file(tmp_path, "# operators\ns3cret ada read,act\nother eva read # reader\n")
    distant = client("10.0.0.7", token_file=file)
    for token, status in [("s3cret", 200), ("other", 200), ("s3cre", 401), ("s3cret2", 401), ("", 401), ("ada", 401)]:
        assert distant.get(SNAPSHOT, headers=bearer(token)).status_code == status
    assert client(token_file=file).get(SNAPSHOT).status_code == 401
    assert client(token_file=file, insecure_loopback=True).get(SNAPSHOT).status_code == 401
    wrong = distant.get(SNAPSHOT, headers=bearer("nonsense"))
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]


@pytest.mark.parametrize("text", [None, "", "# none\n", "token\n", "token ada write\n", "token ada\n"])
def test_a_token_file_that_cannot_be_used_admits_nobody(tmp_path: Path, text: Any) -> None:
    file = str(tmp_path / "missing") if text is None else token_file(tmp_path, text)
    exposed = client(token_file=file, insecure_loopback=True)
    assert exposed.get(SNAPSHOT, headers=bearer("token")).status_code == 401
    assert exposed.get(SNAPSHOT).status_code == 401
    assert exposed.get("/health").status_code == 200


@pytest.mark.parametrize(("mode", "status"), [(0o600, 200), (0o400, 200), (0o640, 200), (0o644, 401), (0o604, 401)])
def test_a_token_file_that_every_user_may_read_admits_nobody(tmp_path: Path, mode: int, status: int) -> None:
    file = token_file(tmp_path, "token ada read\n", mode)
    answer = client(token_file=file).get(SNAPSHOT, headers=bearer("token"))
    assert answer.status_code == status
    if status == 401:
        assert f"(mode {mode:03o}); run chmod 600 {file}" in answer.json()["detail"]


def test_wrong_tokens_are_limited_for_their_address_and_logged(tmp_path: Path, caplog: Any) -> None:
    app = FastAPI()
    exposer = Exposer(app, token_file=token_file(tmp_path, "token ada read\n"))
    exposer.access.wrong.now = lambda: 5.0
    exposed = TestClient(app, base_url="http://127.0.0.1", client=("10.0.0.7", 5000))
    with caplog.at_level(logging.WARNING, "ctxtop_exposer"):
        seen = [exposed.get(SNAPSHOT, headers=bearer(f"wrong{index}")).status_code for index in range(20)]
    assert seen == [401] * 16 + [429] * 4
    assert "wrong token from 10.0.0.7" in caplog.text
    limited = exposed.get(SNAPSHOT, headers=bearer("token"))
    assert limited.status_code == 429
    assert limited.headers["retry-after"] == "2"
    assert "too many wrong tokens" in limited.json()["detail"]
    assert exposed.get(SNAPSHOT).status_code == 401


def test_after_its_wait_an_address_has_one_more_token() -> None:
    moment = 1000.0
    wrong = WrongTokens(lambda: moment)
    for _ in range(16):
        assert wrong.wait("a") is None
        wrong.count("a")
    assert (wrong.wait("a"), wrong.wait("b")) == (2, None)
    moment += 1.5
    assert wrong.wait("a") == 1
    moment += 0.5
    assert wrong.wait("a") is None
    wrong.count("a")
    assert wrong.wait("a") == 2
    for index in range(5000):
        wrong.count(f"p{index}")
    assert len(wrong.recoveries) == 4096
    assert wrong.wait("a") == 2


def test_the_console_says_why_it_sees_nothing(ctxtop: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("CTXTOP_TOKEN_FILE", raising=False)
    app = FastAPI()
    Exposer(app)
    with serving(app) as url:
        answer = ctxtop("check", url)
    assert answer.returncode != 0
    assert "the exposer answers nobody: it has no token file" in answer.stdout
