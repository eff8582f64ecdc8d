"""The same work on FastAPI: sessions over WebSocket, runs of the same events with a real tool, GET /health.

usage: peer.py PORT EVENTS   (EVENTS: a file with the events of one run of ctxtop-backend, one a line)

Each run makes the same events with the same fields as ctxtop-backend's, stamps
them, keeps them in a ring and sends each as a text frame. What it does not do:
contexts, dispatchers, limits, metrics, the run grammar and a monitoring stream.
"""
import ast
import collections
import json
import operator
import sys
import time
import uuid

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
ring = collections.deque(maxlen=50_000)
with open(sys.argv[2]) as events:
    TEMPLATE = [json.loads(line) for line in events]
WORK = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Sub: operator.sub, ast.Div: operator.truediv}


def dump(value):
    return json.dumps(value, separators=(",", ":"))


def calculate(expression):
    """The tool: the value of an arithmetic expression."""
    def value(node):
        if isinstance(node, ast.BinOp):
            return WORK[type(node.op)](value(node.left), value(node.right))
        return node.value

    return value(ast.parse(expression, mode="eval").body)


@app.websocket("/v1/ws")
async def chat(socket: WebSocket):
    await socket.accept(subprotocol="ag-ui.v1.json")
    user = socket.headers.get("x-ctxtop-user")
    try:
        while True:
            request = json.loads(await socket.receive_text())
            run = str(uuid.uuid4())
            await socket.send_text(dump({"jsonrpc": "2.0", "id": request["id"], "result": {"run": run}}))
            if request["method"] == "run.start":
                await work(socket, user, request["params"]["session"], run)
    except WebSocketDisconnect:
        pass


async def work(socket, user, session, run):
    for sequence, event in enumerate(TEMPLATE):
        event = dict(event)
        if event["type"] == "TOOL_CALL_RESULT":
            event["content"] = str(calculate("(21+34)*34"))
        event["timestamp"] = int(time.time() * 1000)
        event["metadata"] = {
            "user": user, "session": session, "run": run, "path": "websocket", "dispatcher": run,
            "seq": sequence, "id": f"boot-{sequence}",
        }
        line = dump(event)
        ring.append(line)
        await socket.send_text(line)


@app.get("/health")
async def health():
    checks = {
        f"pattern:{path}": [
            {"componentType": "component", "observedValue": "factory", "status": "pass",
             "output": "factory: tool_classes 7; legacy: tool_dispatcher nil", "time": time.time()}
        ]
        for path in ("websocket", "http", "background")
    }
    checks["sessions:connections"] = [{"observedValue": "0", "status": "pass", "time": time.time()}]
    checks["uptime"] = [{"observedValue": "0", "status": "pass", "time": time.time()}]
    return {"status": "pass", "version": "1", "serviceId": "peer", "checks": checks, "links": {}}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
