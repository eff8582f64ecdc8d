"""A FastAPI app with three ways in, one of which the migration forgot; `--fixed` applies the fix."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import supervisor
import uvicorn
from agent import TOOL_CLASSES, run_agent
from ctxtop_exposer import Exposer
from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel
from visitors import visit


class Question(BaseModel):
    """What a user asks."""

    user: str
    question: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start-up, on the factory pattern: no global dispatcher, four classes, a bridge."""
    app.state.tool_dispatcher = None
    app.state.tool_classes = TOOL_CLASSES
    app.state.websocket_bridge = object()
    app.state.jobs = set()
    yield


def make_app(fixed: bool) -> FastAPI:
    """The app, broken or fixed."""
    app = FastAPI(title="incident-chat", version="2.14.0", lifespan=lifespan)
    # Only for a demonstration on one's own machine; anywhere else, token_file= names who may look.
    exposer = Exposer(app, insecure_loopback=True)
    exposer.path("background")
    websocket_dispatcher = supervisor.fixed_websocket_dispatcher
    if not fixed:
        insists = exposer.requires("tool_dispatcher", path="websocket")
        websocket_dispatcher = insists(supervisor.unmigrated_websocket_dispatcher)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    @app.websocket("/ws/{user}")
    async def chat(socket: WebSocket, user: str) -> None:
        await socket.accept()
        exposer.watch_sends(socket, "send_json")
        session, dispatcher = f"chat-{uuid4().hex[:12]}", None
        try:
            while True:
                question = await socket.receive_text()
                try:
                    if dispatcher is None:
                        with exposer.creation("websocket", user=user, session=session) as creation:
                            dispatcher = websocket_dispatcher(app.state, user)
                            creation.dispatcher(dispatcher)
                except RuntimeError as error:
                    await socket.send_json({"type": "error_message", "error_message": str(error)})
                    continue
                async for event in run_agent(dispatcher, question):
                    await socket.send_json(event)
        except WebSocketDisconnect:
            pass
        finally:
            exposer.disposed(dispatcher, "connection closed")

    @app.post("/agents/run")
    async def run(asked: Question) -> dict[str, Any]:
        with exposer.creation("http", user=asked.user, session=f"request-{uuid4().hex[:12]}") as creation:
            dispatcher = supervisor.make_dispatcher(app.state, asked.user)
            creation.dispatcher(dispatcher)
        try:
            async for event in run_agent(dispatcher, asked.question):
                exposer.emit(event)
        except ValueError as error:
            exposer.emit(
                {"type": "agent_error", "run_id": event["run_id"], "payload": {"error_message": str(error)}}
            )
            raise HTTPException(422, str(error)) from error
        finally:
            exposer.disposed(dispatcher, "request ended")
        return dict(event["payload"])

    @app.post("/jobs", status_code=202)
    async def start_job(asked: Question) -> dict[str, str]:
        id = f"job-{uuid4().hex[:12]}"

        async def work() -> None:
            with exposer.creation("background", user=asked.user, session=id) as creation:
                dispatcher = supervisor.make_dispatcher(app.state, asked.user)
                creation.dispatcher(dispatcher)
            async for event in run_agent(dispatcher, asked.question):
                exposer.emit(event)
            exposer.disposed(dispatcher, "job ended")

        jobs: set[asyncio.Task[None]] = app.state.jobs
        task = asyncio.create_task(work())
        jobs.add(task)
        task.add_done_callback(jobs.discard)
        return {"job": id}

    return app


async def serve(arguments: argparse.Namespace) -> None:
    """Serves until it is told to stop; with `--users`, people come by all the time."""
    app = make_app(arguments.fixed)
    config = uvicorn.Config(app, host="127.0.0.1", port=arguments.port, log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if serving.done():
        return await serving
    port = server.servers[0].sockets[0].getsockname()[1]
    print(f"incident-chat ready at http://127.0.0.1:{port}", flush=True)
    visits = [asyncio.create_task(visit(port, number)) for number in range(arguments.users)]
    await serving
    for task in visits:
        task.cancel()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--fixed", action="store_true", help="apply the fix: the WebSocket path follows the factory"
    )
    parser.add_argument("--port", type=int, default=8710, help="0 takes a free one")
    parser.add_argument("--users", type=int, default=0, help="how many users come by, over real sockets")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
