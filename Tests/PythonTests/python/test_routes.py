"""The routes on FastAPI, Starlette and plain ASGI: the health link, the documents, and who may read them."""

from __future__ import annotations

from typing import Any

import pytest
from ctxtop_exposer import Exposer
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient

ROOT = "/monitor/v1"


def local(app: Any, client: str = "127.0.0.1", **options: Any) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", client=(client, 5000), **options)


def fastapi_app() -> FastAPI:
    app = FastAPI(title="chat", version="1.2")

    @app.get("/health")
    async def health() -> Any:
        return {"status": "ok", "links": {"self": "/health"}}

    @app.websocket("/ws")
    async def chat(socket: WebSocket) -> None:
        await socket.accept()

    router = APIRouter(prefix="/agents")

    @router.post("/run")
    async def run() -> Any:
        return {}

    app.include_router(router)
    return app


def starlette_app(health: Any = None) -> Starlette:
    async def nothing(request: Any) -> Response:
        return PlainTextResponse("ok")

    routes: Any = [
        Mount("/agents", routes=[Route("/run", nothing, methods=["POST"])]),
        WebSocketRoute("/ws", nothing),
    ]
    if health is not None:
        routes.append(Route("/health", health))
    return Starlette(routes=routes)


def test_two_lines_show_routes_and_evidence() -> None:
    app = fastapi_app()
    Exposer(app, insecure_loopback=True)
    app.state.tool_classes, app.state.tool_dispatcher = [int, str], None
    with local(app) as client:
        assert client.get("/health").json() == {"status": "ok", "links": {"self": "/health", "monitor": ROOT}}
        seen = client.get(ROOT + "/snapshot").json()
    assert (seen["name"], seen["version"], seen["startup"]["phase"]) == ("chat", "1.2", "complete")
    assert [(path["path"], path["detected"]) for path in seen["paths"]] == [
        ("websocket", "factory"),
        ("http", "factory"),
    ]


def test_an_app_without_health_gets_one_that_tells_the_truth() -> None:
    app = starlette_app()
    exposer = Exposer(app, name="plain", insecure_loopback=True)
    app.state.tool_classes, app.state.tool_dispatcher = [int], None
    client = local(app)
    answer = client.get("/health")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/health+json")
    assert answer.json()["links"] == {"monitor": ROOT}
    assert answer.json()["checks"]["pattern:websocket"][0]["observedValue"] == "factory"
    exposer.requires("llm_client", path="websocket")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "fail")


@pytest.mark.parametrize(
    ("health", "body"),
    [
        (PlainTextResponse("OK"), b"OK"),
        (JSONResponse(["ok"]), b'["ok"]'),
        (JSONResponse({"links": {"monitor": "/own"}}), b'{"links":{"monitor":"/own"}}'),
        (Response(b"\x1f\x8b", headers={"content-encoding": "gzip-ish"}), b"\x1f\x8b"),
        (JSONResponse({"status": "down"}, 503), b'{"status":"down","links":{"monitor":"/monitor/v1"}}'),
    ],
)
def test_a_health_answer_of_another_shape_passes_as_it_is(health: Response, body: bytes) -> None:
    async def route(request: Any) -> Response:
        return health

    app = starlette_app(route)
    Exposer(app, insecure_loopback=True)
    with local(app).stream("GET", "/health") as answer:
        assert b"".join(answer.iter_raw()) == body
        assert answer.headers["content-length"] == str(len(body))
        assert answer.status_code == health.status_code


def test_behind_a_prefix_links_keep_it() -> None:
    app = fastapi_app()
    Exposer(app, insecure_loopback=True)
    client = local(app, root_path="/api")
    assert client.get("/health").json()["links"]["monitor"] == "/api/monitor/v1"
    assert client.get("/api/monitor/v1/snapshot").status_code == 200


def test_any_asgi_app_can_be_wrapped() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await JSONResponse({"status": "up"})(scope, receive, send)

    client = local(Exposer(app, paths=["http"], insecure_loopback=True))
    assert client.get("/health").json()["links"] == {"monitor": ROOT}
    assert client.get(ROOT + "/snapshot").json()["paths"][0]["path"] == "http"
    assert client.get("/else").json() == {"status": "up"}


def test_a_context_is_shown_whole() -> None:
    app = fastapi_app()
    exposer = Exposer(app, insecure_loopback=True)
    entry: Any = exposer.created("d1", path="http", user="ada", session="s", context="c/1")
    exposer.emit("agent_started", {"run_id": "r"}, session="s")
    client = local(app)
    seen = client.get(ROOT + "/contexts/c%2F1").json()
    assert (seen["user"], seen["dispatcherRecord"]["id"], seen["audit"][0]["to"]) == ("ada", "d1", "active")
    assert [event["type"] for event in seen["events"]][-1] == "RUN_STARTED"
    exposer.disposed(entry)
    assert client.get(ROOT + "/contexts/c%2F1").status_code == 404


def test_only_reading_is_offered() -> None:
    app = fastapi_app()
    Exposer(app, insecure_loopback=True)
    client = local(app)
    assert client.post(ROOT + "/snapshot").status_code == 405
    assert client.get(ROOT + "/nothing").status_code == 404
    assert client.get(ROOT).status_code == 404
    assert client.get("/monitor/v10/snapshot").json() == {"detail": "Not Found"}


def test_a_websocket_that_ends_ends_its_sessions() -> None:
    app = FastAPI()
    exposer = Exposer(app, insecure_loopback=True)

    @app.websocket("/ws")
    async def chat(socket: WebSocket) -> None:
        await socket.accept()
        exposer.created("d", path="websocket", user="ada", session="s")
        exposer.emit("agent_started", {"run_id": "r"})
        await socket.send_text("hello")
        await socket.receive_text()

    with local(app).websocket_connect("/ws") as socket:
        socket.receive_text()
        assert exposer.monitor.sessions.live["ada", "s"].state == "running"
        socket.send_text("bye")
    assert exposer.monitor.sessions.ended["ada", "s"].state == "ended"
    assert exposer.monitor.dispatchers.live["d"].session_ended_at is not None
    assert exposer.monitor.runs.ended["ada", "r"].state == "lost"
