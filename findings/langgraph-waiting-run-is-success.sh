#!/usr/bin/env bash
# langgraph-api 0.16.7: a run that waits for a person is `success`, a run that somebody cancelled is `interrupted`.
#
# `interrupt()` in a graph is how it asks a person, and the thread then counts as `interrupted`. The run that asked
# ends as `success`, though, which the SDK explains as "completed successfully", and the list of a thread's
# `interrupted` runs leaves it out. A cancelled run is in that list, and its thread is `interrupted` too, with nothing
# to answer. Only the thread's `interrupts` tell the two apart, so no status says by itself who is being waited for.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null && wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
    "langgraph-cli[inmem]==0.4.40" "langgraph-api==0.16.7" "langgraph-runtime-inmem==0.36.7" httpx
mkdir app
echo '{"dependencies": ["."], "graphs": {"worker": "./graph.py:graph"}}' > app/langgraph.json
cat > app/graph.py <<'PY'
import asyncio
from typing import TypedDict
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    job: str
    answer: str

async def work(state: State):
    if state["job"] == "ask": return {"answer": interrupt("May I?")}
    if state["job"] == "long": await asyncio.sleep(30)
    return {"answer": "done"}

graph = StateGraph(State).add_node("work", work).add_edge(START, "work").add_edge("work", END).compile()
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd app
LANGSMITH_TRACING=false LANGGRAPH_NO_VERSION_CHECK=1 ../env/bin/langgraph dev --host 127.0.0.1 --port "$port" \
    --no-browser --no-reload > ../server.log 2>&1 &
server=$!
cd ..
cat > client.py <<'PY'
import sys, time, httpx
from importlib.metadata import version
http = httpx.Client(base_url=sys.argv[1], timeout=30)
for _ in range(600):
    try: http.get("/ok").raise_for_status(); break
    except httpx.HTTPError: time.sleep(0.1)
print("langgraph-api", version("langgraph-api"))

def end(job):
    thread = "/threads/" + http.post("/threads", json={}).json()["thread_id"]
    run = http.post(thread + "/runs", json={"assistant_id": "worker", "input": {"job": job}}).json()["run_id"]
    if job == "long":
        while http.get(f"{thread}/runs/{run}").json()["status"] == "pending": time.sleep(0.1)
        time.sleep(1)
        http.post(f"{thread}/runs/{run}/cancel?wait=true").raise_for_status()
    http.get(f"{thread}/runs/{run}/join").raise_for_status()
    time.sleep(1)
    asked = [i["value"] for found in http.get(thread).json()["interrupts"].values() for i in found]
    listed = len(http.get(thread + "/runs", params={"status": "interrupted"}).json())
    return http.get(f"{thread}/runs/{run}").json()["status"], listed, http.get(thread).json()["status"], asked

seen = {"done": end("short"), "asks": end("ask"), "cancelled": end("long")}
for name, (run, listed, thread, asked) in seen.items():
    print(f"  {name:9}  run {run:11}  interrupted runs listed: {listed}  thread {thread:11}  to be answered: {asked}")
sys.exit(0 if seen == {"done": ("success", 0, "idle", []), "asks": ("success", 0, "interrupted", ["May I?"]),
                       "cancelled": ("interrupted", 1, "interrupted", [])} else 1)
PY
env/bin/python client.py "http://127.0.0.1:$port"
