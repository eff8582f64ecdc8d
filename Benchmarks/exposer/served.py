"""The app that is measured: a plain route and an agent's run; `--exposed` adds the exposer."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import uvicorn
from ctxtop_exposer import Exposer
from fastapi import FastAPI


def make_app(exposed: bool, work: float) -> FastAPI:
    """One app; a run has five events and `work` seconds of waiting for a model, as agents do."""
    app = FastAPI(title="bench")
    app.state.tool_dispatcher, app.state.tool_classes = None, [object] * 4
    exposer = Exposer(app) if exposed else None

    @app.get("/health")
    async def health() -> Any:
        return {"status": "ok"}

    @app.get("/item/{number}")
    async def item(number: int, q: str = "") -> Any:
        return {"number": number, "q": q, "items": [{"id": index} for index in range(10)]}

    @app.get("/run/{number}")
    async def run(number: int) -> Any:
        events = [
            {"type": kind, "run_id": f"r{number}", "agent_name": "a", "payload": {"tool_name": "search"}}
            for kind in ("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed")
        ]  # fmt: skip
        if exposer is None:
            await asyncio.sleep(work)
            return events
        with exposer.creation("http", user=f"u{number % 50}", session=f"s{number}") as creation:
            creation.dispatcher(f"d{number}")
        for event in events:
            exposer.emit(event)
        await asyncio.sleep(work)
        exposer.disposed(f"d{number}")
        return events

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--exposed", action="store_true")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--work", type=float, default=0)
    options = parser.parse_args()
    app = make_app(options.exposed, options.work)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="error", access_log=False)
