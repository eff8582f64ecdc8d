#!/usr/bin/env bash
# a2a-sdk 1.3.0: the newest task is listed last while it is only submitted.
#
# A2A 1.0 lists tasks by the time of their last update, newest first. The helper `new_task` makes a submitted
# task without a timestamp, and the in-memory store sorts tasks without one after all others. Until the agent
# begins to work, a client that reads the first page of a busy agent does not see what was just sent.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet "a2a-sdk[http-server]==1.3.0" uvicorn httpx
cat > agent.py <<'PY'
import asyncio
from a2a.helpers.proto_helpers import new_task
from a2a.server.agent_execution.agent_executor import AgentExecutor
from a2a.server.request_handlers.default_request_handler_v2 import DefaultRequestHandlerV2
from a2a.server.routes.rest_routes import create_rest_routes
from a2a.server.tasks import InMemoryTaskStore
from a2a.server.tasks.task_updater import TaskUpdater
from a2a.types import a2a_pb2 as a2a
from starlette.applications import Starlette

class Agent(AgentExecutor):
    async def execute(self, context, events):
        await events.enqueue_event(new_task(
            context.task_id, context.context_id, a2a.TASK_STATE_SUBMITTED, history=[context.message]))
        if context.get_user_input() == "later":
            await asyncio.sleep(60)
        await TaskUpdater(events, context.task_id, context.context_id).complete()

    async def cancel(self, context, events):
        pass

card = a2a.AgentCard(
    name="agent", description="an agent", version="1", default_input_modes=["text/plain"],
    default_output_modes=["text/plain"], capabilities=a2a.AgentCapabilities(streaming=True),
    skills=[a2a.AgentSkill(id="work", name="work", description="works", tags=["work"])],
    supported_interfaces=[a2a.AgentInterface(
        url="http://127.0.0.1/", protocol_binding="HTTP+JSON", protocol_version="1.0")])
app = Starlette(routes=create_rest_routes(DefaultRequestHandlerV2(
    agent_executor=Agent(), task_store=InMemoryTaskStore(), agent_card=card)))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env/bin/uvicorn agent:app --port "$port" --log-level error &
server=$!
cat > client.py <<'PY'
import sys, time, uuid, httpx
from importlib.metadata import version
http = httpx.Client(base_url=sys.argv[1], headers={"A2A-Version": "1.0"}, timeout=20)
for _ in range(100):
    try: http.get("/tasks"); break
    except httpx.TransportError: time.sleep(0.1)

def send(words):
    message = {"messageId": uuid.uuid4().hex, "role": "ROLE_USER", "parts": [{"text": words}]}
    body = {"message": message, "configuration": {"returnImmediately": words == "later"}}
    return http.post("/message:send", json=body).json()["task"]["id"]

for _ in range(5): send("now")
newest = send("later")
time.sleep(1)
tasks = http.get("/tasks?pageSize=100").json()["tasks"]
place = [task["id"] for task in tasks].index(newest)
print("a2a-sdk", version("a2a-sdk"))
for task in tasks: print(" ", task["status"]["state"], task["status"].get("timestamp", "no timestamp"))
print(f"the task that was sent last is number {place + 1} of {len(tasks)}")
sys.exit(0 if place == len(tasks) - 1 else 1)
PY
env/bin/python client.py "http://127.0.0.1:$port"
