"""An A2A agent of the Python SDK, a courier, whose words say what to do."""

import random
import time
import uuid

from harness import (
    Failure, Server, Watch, check, environment, free_port, halves, killed, on, request, session, snapshot,
    until, workplace)

PACKAGES = ["a2a-sdk[http-server]==1.3.0", "uvicorn==0.38.0"]
# The last word is a number of seconds.
APP = '''
import asyncio, os
from a2a.server.agent_execution.agent_executor import AgentExecutor
from a2a.server.request_handlers.default_request_handler_v2 import DefaultRequestHandlerV2
from a2a.server.routes.agent_card_routes import create_agent_card_routes
from a2a.server.routes.jsonrpc_routes import create_jsonrpc_routes
from a2a.server.routes.rest_routes import create_rest_routes
from a2a.server.tasks import InMemoryTaskStore
from a2a.server.tasks.task_updater import TaskUpdater
from a2a.types import a2a_pb2 as a2a
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount

PREFIX, WALL = os.environ.get("COURIER_PREFIX", ""), os.environ.get("COURIER_WALL")
BINDING = os.environ.get("COURIER_BINDING", "HTTP+JSON")

class Courier(AgentExecutor):
    async def execute(self, context, events):
        words = context.get_user_input().split()
        word, seconds = words[0], float(words[-1]) if len(words) > 1 else 0
        task = TaskUpdater(events, context.task_id, context.context_id)
        note = lambda text: task.new_agent_message([a2a.Part(text=text)])
        if context.current_task is None:
            status = a2a.TaskStatus(state=a2a.TASK_STATE_SUBMITTED)
            await events.enqueue_event(a2a.Task(
                id=context.task_id, context_id=context.context_id, status=status, history=[context.message]))
        if word == "queue":
            await asyncio.sleep(seconds)
        await task.start_work()
        if word == "walk":
            for step in range(int(seconds)):
                await task.update_status(a2a.TASK_STATE_WORKING, note(f"street {step}"))
                await asyncio.sleep(1)
        elif word == "ask":
            return await task.requires_input(note("which door?"))
        elif word == "login":
            return await task.requires_auth(note("your badge, please"))
        elif word == "lose":
            return await task.failed(note("the parcel fell into the river"))
        else:
            await asyncio.sleep(seconds)
        await task.add_artifact([a2a.Part(text="delivered")], name="receipt")
        await task.complete()

    async def cancel(self, context, events):
        await TaskUpdater(events, context.task_id, context.context_id).cancel()

class Wall(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        is_card = request.url.path.endswith("agent-card.json")
        if WALL and not is_card and request.headers.get("authorization") != "Bearer " + WALL:
            return JSONResponse({"error": {"message": "no badge"}}, status_code=401)
        return await call_next(request)

base = f"http://127.0.0.1:{os.environ['COURIER_PORT']}{PREFIX}"
address = base + ("/" if BINDING == "HTTP+JSON" else "/rpc")
card = a2a.AgentCard(
    name="courier", description="delivers", version="1.0.0",
    capabilities=a2a.AgentCapabilities(streaming=True), default_input_modes=["text/plain"],
    default_output_modes=["text/plain"],
    skills=[a2a.AgentSkill(id="deliver", name="deliver", description="delivers", tags=["parcel"])],
    supported_interfaces=[a2a.AgentInterface(url=address, protocol_binding=BINDING, protocol_version="1.0")])
handler = DefaultRequestHandlerV2(agent_executor=Courier(), task_store=InMemoryTaskStore(), agent_card=card)
routes = create_agent_card_routes(card) + create_jsonrpc_routes(handler, rpc_url="/rpc")
routes += create_rest_routes(handler)
app = Starlette(routes=[Mount(PREFIX, routes=routes)] if PREFIX else routes)
app.add_middleware(Wall)
'''
VERSION = {"A2A-Version": "1.0"}
bin_folder = None


def install():
    global bin_folder
    bin_folder = environment("a2a", PACKAGES)
    return ", ".join(PACKAGES)


def start(name="plain", prefix="", **environ):
    port = free_port()
    folder = workplace("a2a-" + name, {"courier.py": APP})
    command = [bin_folder / "uvicorn", "courier:app", "--port", port, "--log-level", "warning"]
    settings = {"COURIER_PORT": str(port), "COURIER_PREFIX": prefix, **environ}
    return Server(command, folder, port, prefix + "/.well-known/agent-card.json", settings, path=prefix).start()


def say(server, context, words, task=None, headers=None):
    """Sends a message and returns its task at once."""
    message = {
        "messageId": uuid.uuid4().hex, "role": "ROLE_USER", "parts": [{"text": words}], "contextId": context}
    if task:
        message["taskId"] = task
    body = {"message": message, "configuration": {"returnImmediately": True}}
    answer = request("POST", server.url + "/message:send", body, {**VERSION, **(headers or {})})[1]
    return answer["task"]["id"]


def state_of(server, task):
    return request("GET", f"{server.url}/tasks/{task}", headers=VERSION)[1]["status"]["state"]


def deliver(crew, server, user, dice):
    """One task of 1 to 120 s."""
    seconds = min(dice.choice([1, 2, 5, 10, 20, 45, 80, 120]), int(crew.time_left()))
    if seconds < 1:
        return time.sleep(0.2)
    word = dice.choice(["carry", "walk", "queue"])
    task = say(server, f"{user}-{dice.randint(1, 3)}", f"{word} {seconds}")
    until(lambda: state_of(server, task) == "TASK_STATE_COMPLETED", 150)
    crew.count("tasks")


def ask(crew, server, dice):
    """A task that asks for input or a sign-in, and gets it after 20 s."""
    context = "asker-" + uuid.uuid4().hex[:6]
    task = say(server, context, dice.choice(["ask", "login"]))
    time.sleep(min(20, max(0, crew.time_left())))
    say(server, context, "carry 1", task=task)
    crew.count("questions answered")
    time.sleep(min(5, max(0, crew.time_left())))


def cancel(crew, server):
    """A task that its user cancels."""
    task = say(server, "hasty", "carry 60")
    time.sleep(4)
    request("POST", f"{server.url}/tasks/{task}:cancel", {}, VERSION)
    crew.count("tasks cancelled")
    time.sleep(min(15, max(0, crew.time_left())))


def healthy(server, minutes):
    def employ(crew, half):
        for number in range(6):
            crew.employ(deliver, server, f"sender-{number}", random.Random(10 * half + number))
        crew.employ(ask, server, random.Random(half))
        crew.employ(cancel, server)

    return halves(server, minutes, employ)


def hang(server):
    with Watch(server.url) as watch:
        time.sleep(4)
        say(server, "patient", "carry 3600")
        finding = watch.finding("run-stalled", 300, "critical")
        return finding is not None, finding["summary"] if finding else session(server.url, "patient")


def lost_parcel(server):
    say(server, "unlucky", "lose")
    until(lambda: session(server.url, "unlucky") == "error", 10)
    failed = session(server.url, "unlucky")
    say(server, "unlucky", "carry 1")
    time.sleep(2)
    good = session(server.url, "unlucky")
    return (failed, good) == ("error", "idle"), f"{failed}, then {good}"


def wall(server):
    code, text = check(server.url)
    return code == 3 and "not-readable" in text, f"exit {code}, {text.splitlines()[0]}"


def badge(server):
    token = workplace("a2a-token", {"token": "badge\n"}) / "token"
    say(server, "member", "carry 1", headers={"authorization": "Bearer badge"})
    ids = {row["id"] for row in snapshot(server.url, "--token-file", str(token))["sessions"]}
    return ids == {"member"}, f"sessions {ids}"


def question(server):
    with Watch(server.url) as watch:
        time.sleep(3)
        for word in ("ask", "login"):
            say(server, word, word)
        finding = watch.finding("session-waiting", 90)
        alarms = [line["rule"] for line in watch.alarms()]
        states = [session(server.url, word) for word in ("ask", "login")]
        is_right = bool(finding) and not alarms and states == ["waiting", "waiting"]
        return is_right, f"sessions {states}, alarms {alarms}"


def queued(server):
    with Watch(server.url) as watch:
        time.sleep(3)
        say(server, "queue", "queue 50")
        time.sleep(45)
        state, alarms = session(server.url, "queue"), [line["rule"] for line in watch.alarms()]
        return state == "waiting" and not alarms, f"session {state}, alarms {alarms}"


def many(server):
    """More tasks than one page, the newest of them only submitted, which servers list last."""
    for number in range(230):
        say(server, f"bulk-{number}", "carry 0")
    say(server, "newest", "queue 60")
    time.sleep(2)
    rows = {row["id"]: row["state"] for row in snapshot(server.url)["sessions"]}
    return len(rows) == 231 and rows.get("newest") == "waiting", f"{len(rows)} sessions, newest {rows.get('newest')}"


def quick(server):
    with Watch(server.url, "events") as watch:
        time.sleep(4)
        say(server, "quick", "carry 0")
        of = lambda kind: lambda line: (line.get("event") or line).get("type") == kind
        seen = [kind for kind in ("RUN_STARTED", "RUN_FINISHED") if watch.wait(of(kind), 8)]
        return len(seen) == 2, f"events {seen}"


def below_a_path(server):
    say(server, "far", "carry 1")
    ids = {row["id"] for row in snapshot(server.url)["sessions"]}
    return ids == {"far"}, f"sessions {ids}"


def failures():
    return [
        Failure("hang", "run-stalled", lambda: on(start("hang"), hang)),
        Failure(
            "hang of an agent that speaks JSON-RPC", "run-stalled",
            lambda: on(start("rpc", COURIER_BINDING="JSONRPC"), hang)),
        Failure("failed task", "session error, idle after a good task", lambda: on(start("fail"), lost_parcel)),
        Failure("bearer wall", "not-readable, exit 3", lambda: on(start("wall", COURIER_WALL="badge"), wall)),
        Failure("accepted token", "the task", lambda: on(start("badge", COURIER_WALL="badge"), badge)),
        Failure("server killed", "backend-unreachable, exit 3", lambda: on(start("kill"), killed)),
        Failure("questions to a person", "session-waiting, nothing above", lambda: on(start("ask"), question)),
        Failure("queued task", "session waiting, nothing above", lambda: on(start("queue"), queued)),
        Failure("many tasks", "231 sessions, the submitted one waits", lambda: on(start("many"), many)),
        Failure("quick task", "its start and its end", lambda: on(start("quick"), quick)),
        Failure("agent below a path", "its task", lambda: on(start("path", "/agents/courier"), below_a_path)),
    ]
