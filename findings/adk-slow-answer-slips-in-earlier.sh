#!/usr/bin/env bash
# google-adk 2.13.0: a slow model's answer is stored before events that were written, and read, long before it.
#
# The timestamp of a model's event is the moment at which the model was asked, not when it answered. The session
# store that `adk api_server` uses by default lists a session's events by that timestamp. With two agents in parallel
# the slow one's answer thus slips in between events that a client has already read, and `lastUpdateTime` goes back:
# a client that goes on reading where it stopped sees an old event once more and never sees the slow answer.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null && wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "google-adk==2.13.0" httpx
mkdir -p apps/pair
echo "from . import agent" > apps/pair/__init__.py
cat > apps/pair/agent.py <<'PY'
import asyncio
from google.adk.agents import LlmAgent, ParallelAgent, SequentialAgent
from google.adk.models import BaseLlm, LlmResponse
from google.genai import types

class Model(BaseLlm):
    seconds: float

    async def generate_content_async(self, llm_request, stream=False):
        await asyncio.sleep(self.seconds)
        yield LlmResponse(content=types.Content(role="model", parts=[types.Part(text="my answer")]))

def agent(name, seconds):
    return LlmAgent(name=name, model=Model(model="fake", seconds=seconds))

quick = SequentialAgent(name="quick", sub_agents=[agent("quick_1", 0.5), agent("quick_2", 0.5)])
root_agent = ParallelAgent(name="pair", sub_agents=[agent("slow", 5), quick])
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env/bin/adk api_server --host 127.0.0.1 --port "$port" apps > server.log 2>&1 &
server=$!
cat > client.py <<'PY'
import sys, threading, time, httpx
from importlib.metadata import version
http = httpx.Client(base_url=sys.argv[1], timeout=30)
for _ in range(300):
    try: http.get("/list-apps"); break
    except httpx.TransportError: time.sleep(0.1)
path = "/apps/pair/users/me/sessions/one"
http.post(path, json={}).raise_for_status()
start, answered = time.time(), {}

def run():
    body = {"appName": "pair", "userId": "me", "sessionId": "one",
            "newMessage": {"role": "user", "parts": [{"text": "begin"}]}}
    with http.stream("POST", "/run_sse", json=body) as answer:
        for line in answer.iter_lines():
            if '"author":' in line:
                answered[line.split('"author":"')[1].split('"')[0]] = time.time() - start

thread = threading.Thread(target=run)
thread.start()
time.sleep(3)
before = http.get(path).json()
thread.join()
after = http.get(path).json()
print("google-adk", version("google-adk"))
for when, session in (("while the slow model works", before), ("when all have answered", after)):
    print(f"{when}: lastUpdateTime {session['lastUpdateTime'] - start:.1f} s")
    for index, event in enumerate(session["events"]):
        came = f", came at {answered[event['author']]:.1f} s" if event["author"] in answered else ""
        print(f"  {index} {event['author']:8} timestamp {event['timestamp'] - start:.1f} s{came}")
seen = [event["author"] for event in before["events"]]
new = [event["author"] for event in after["events"]][len(seen):]
print(f"a client that has read {len(seen)} events and goes on from there sees {new}; the new one is by slow")
early = next(e["timestamp"] for e in after["events"] if e["author"] == "slow") - start < 3 < answered["slow"]
back = after["lastUpdateTime"] < before["lastUpdateTime"]
sys.exit(0 if early and back and "slow" not in seen + new and new == ["quick_2"] else 1)
PY
env/bin/python client.py "http://127.0.0.1:$port"
