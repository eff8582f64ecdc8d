"""LangGraph Server (`langgraph dev`) with a graph of a librarian, whose words say what to do."""

import json
import random
import time

from harness import (
    Failure, Server, Watch, check, environment, free_port, halves, killed, on, request, session, snapshot,
    until, workplace)

PACKAGES = ["langgraph-cli[inmem]==0.4.40"]
# The last word is a number of seconds.
GRAPH = '''
import asyncio, uuid
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt

def order(state):
    said = [message for message in state["messages"] if message.type == "human"]
    words = str(said[-1].content).split()
    return words[0], float(words[-1]) if len(words) > 1 else 0

async def librarian(state):
    word, seconds = order(state)
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage(content="It is on shelf 4.")]}
    if word == "ponder":
        await asyncio.sleep(seconds)
        return {"messages": [AIMessage(content="I thought about it.")]}
    if word == "drop":
        raise RuntimeError("the ladder broke")
    call = {"name": "ask_owner" if word == "ask" else "find_book", "args": {}, "id": uuid.uuid4().hex}
    return {"messages": [AIMessage(content="", tool_calls=[call])]}

async def shelf(state):
    word, seconds = order(state)
    if word == "ask":
        interrupt({"question": "may it be lent?"})
    elif word == "steps":
        for _ in range(int(seconds)):
            await asyncio.sleep(1)
    else:
        await asyncio.sleep(seconds)
    call = state["messages"][-1].tool_calls[0]
    return {"messages": [ToolMessage(content="shelf 4", tool_call_id=call["id"], name=call["name"])]}

graph = StateGraph(MessagesState)
graph.add_node("librarian", librarian)
graph.add_node("shelf", shelf)
graph.add_edge(START, "librarian")
graph.add_conditional_edges(
    "librarian", lambda state: "shelf" if state["messages"][-1].tool_calls else END, ["shelf", END])
graph.add_edge("shelf", "librarian")
graph = graph.compile(name="librarian")
'''
AUTH = '''
from langgraph_sdk import Auth
auth = Auth()

@auth.authenticate
async def who(authorization: str | None) -> dict:
    if authorization != "Bearer trial":
        raise Auth.exceptions.HTTPException(status_code=401, detail="not a member")
    return {"identity": "head-librarian"}
'''
bin_folder = None


def install():
    global bin_folder
    bin_folder = environment("langgraph", PACKAGES)
    return ", ".join(PACKAGES)


def start(name="plain", environ=None, has_auth=False, prefix=""):
    settings = {"dependencies": ["."], "graphs": {"librarian": "./graph.py:graph"}}
    files = {"graph.py": GRAPH}
    if has_auth:
        settings["auth"], files["auth.py"] = {"path": "./auth.py:auth"}, AUTH
    if prefix:
        settings["http"] = {"mount_prefix": prefix}
    folder = workplace("langgraph-" + name, {**files, "langgraph.json": json.dumps(settings)})
    port = free_port()
    command = [
        bin_folder / "langgraph", "dev", "--no-browser", "--no-reload", "--port", port,
        "--n-jobs-per-worker", "16"]
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_NO_VERSION_CHECK": "1", **(environ or {})}
    return Server(command, folder, port, "/ok", quiet, path=prefix).start()


# What clients do.


def post(server, path, body, headers=None, timeout=180):
    return request("POST", server.url + path, body, headers, timeout)[1]


def open_thread(server, user, headers=None):
    return post(server, "/threads", {"metadata": {"user_id": user}}, headers)["thread_id"]


def say(server, thread, words, wait=False, headers=None, **more):
    body = {"assistant_id": "librarian", "input": {"messages": [{"role": "user", "content": words}]}, **more}
    return post(server, f"/threads/{thread}/runs" + ("/wait" if wait else ""), body, headers)


def end_of(server, thread, run, seconds=180):
    """The status of a run once it is over."""
    status = lambda: request("GET", f"{server.url}/threads/{thread}/runs/{run}")[1].get("status")
    until(lambda: status() not in ("pending", "running"), seconds)
    return status()


# The healthy part.


def chat(crew, server, user, dice, modes):
    """One thread with a few turns of 1 to 120 s."""
    thread = open_thread(server, user)
    for _ in range(dice.randint(1, 4)):
        seconds = min(dice.choice([1, 2, 5, 10, 20, 45, 80, 120]), int(crew.time_left()))
        if seconds < 1:
            return
        word = dice.choice(["fetch", "steps", "ponder"])
        run = say(server, thread, f"{word} {seconds}", stream_mode=dice.choice(modes))["run_id"]
        end_of(server, thread, run)
        crew.count("runs")


def ask(crew, server, user):
    """A run that asks a person, who answers after 20 s."""
    thread = open_thread(server, user)
    say(server, thread, "ask", wait=True)
    time.sleep(min(20, max(0, crew.time_left())))
    post(server, f"/threads/{thread}/runs/wait", {"assistant_id": "librarian", "command": {"resume": "yes"}})
    crew.count("questions answered")
    time.sleep(min(10, max(0, crew.time_left())))


def cancel(crew, server, user, dice):
    """A run that its user cancels, or displaces by another one."""
    thread = open_thread(server, user)
    run = say(server, thread, "fetch 60")["run_id"]
    time.sleep(3)
    if dice.random() < 0.5:
        action = dice.choice(["interrupt", "rollback"])
        post(server, f"/threads/{thread}/runs/{run}/cancel?wait=true&action={action}", {})
    else:
        second = say(server, thread, "fetch 1", multitask_strategy=dice.choice(["interrupt", "rollback", "enqueue"]))
        if second.get("multitask_strategy") == "enqueue":
            post(server, f"/threads/{thread}/runs/{run}/cancel?wait=true", {})
        end_of(server, thread, second["run_id"])
    crew.count("runs cancelled or displaced")
    time.sleep(min(15, max(0, crew.time_left())))


def delete(crew, server, user):
    """A thread that is used and deleted."""
    thread = open_thread(server, user)
    say(server, thread, "fetch 1", wait=True)
    request("DELETE", f"{server.url}/threads/{thread}")
    crew.count("threads deleted")
    time.sleep(min(20, max(0, crew.time_left())))


def healthy(server, minutes):
    modes = [["values"], ["updates"], ["tasks", "updates"], ["messages-tuple", "values"]]

    def employ(crew, half):
        for number in range(6):
            crew.employ(chat, server, f"reader-{number}", random.Random(10 * half + number), modes)
        crew.employ(ask, server, "asker")
        crew.employ(cancel, server, "hasty", random.Random(half))
        crew.employ(delete, server, "tidy")

    return halves(server, minutes, employ)


# What really goes wrong.


def hang(server):
    with Watch(server.url) as watch:
        thread = open_thread(server, "patient")
        time.sleep(4)
        say(server, thread, "fetch 1", wait=True)
        time.sleep(4)
        say(server, thread, "fetch 3600")
        finding = watch.finding("run-stalled", 300, "critical")
        return finding is not None, finding["summary"] if finding else session(server.url, thread)


def failing_node(server):
    thread = open_thread(server, "unlucky")
    say(server, thread, "fetch 1", wait=True)
    say(server, thread, "drop", wait=True)
    failed = session(server.url, thread)
    say(server, thread, "fetch 1", wait=True)
    good = session(server.url, thread)
    return (failed, good) == ("error", "idle"), f"{failed}, then {good}"


def refused_list(server):
    headers = {"authorization": "Bearer trial"}
    say(server, open_thread(server, "member", headers), "fetch 1", wait=True, headers=headers)
    exit_code, text = check(server.url)
    return exit_code == 3 and "not-readable" in text, f"exit {exit_code}, {text.splitlines()[0]}"


def accepted_token(server):
    headers = {"authorization": "Bearer trial"}
    thread = post(server, "/threads", {}, headers)["thread_id"]
    say(server, thread, "fetch 1", wait=True, headers=headers)
    token = workplace("langgraph-token", {"token": "trial\n"}) / "token"
    backend = snapshot(server.url, "--token-file", str(token))
    users = {row["user"] for row in backend["sessions"]}
    return users == {"head-librarian"}, f"users {users}"


def mounted(server):
    say(server, open_thread(server, "guest"), "fetch 1", wait=True)
    users = {row["user"] for row in snapshot(server.url)["sessions"]}
    code, text = check(server.origin)
    return users == {"guest"} and code == 3, f"users {users}; at the root exit {code}, {text.splitlines()[0]}"


def deleted_thread(server):
    with Watch(server.url) as watch:
        time.sleep(3)
        thread = open_thread(server, "leaver")
        time.sleep(4)
        say(server, thread, "fetch 60")
        time.sleep(4)
        request("DELETE", f"{server.url}/threads/{thread}")
        time.sleep(8)
        alarms = [line["rule"] for line in watch.alarms()]
        state = session(server.url, thread)
        return not alarms and state is None, f"alarms {alarms}, session {state}"


def event_of_end(server, words, seconds=60):
    with Watch(server.url, "events") as watch:
        time.sleep(3)
        thread = open_thread(server, "late")
        time.sleep(4)
        say(server, thread, words)
        is_end = lambda line: (line.get("event") or line).get("type") in ("RUN_FINISHED", "RUN_ERROR")
        line = watch.wait(is_end, seconds) or {}
        return line.get("event") or line, session(server.url, thread)


def timed_out(server):
    event, state = event_of_end(server, "fetch 40")
    said = str(event.get("message"))
    return said.startswith("timed out") and state == "error", f"{event.get('type')} {said}, session {state}"


def question(server):
    with Watch(server.url) as watch:
        thread = open_thread(server, "borrower")
        time.sleep(4)
        say(server, thread, "ask", wait=True)
        finding = watch.finding("session-waiting", 90)
        alarms = [line["rule"] for line in watch.alarms()]
        state = session(server.url, thread)
        return bool(finding) and not alarms and state == "waiting", f"session {state}, alarms {alarms}"


def cancelled(server):
    thread = open_thread(server, "changeable")
    run = say(server, thread, "fetch 60")["run_id"]
    time.sleep(2)
    post(server, f"/threads/{thread}/runs/{run}/cancel?wait=true", {})
    state = session(server.url, thread)
    return state == "idle", f"session {state}"


def failures():
    return [
        Failure("hang in a second turn", "run-stalled", lambda: on(start("hang"), hang)),
        Failure("failing node", "session error, idle after a good run", lambda: on(start("fail"), failing_node)),
        Failure(
            "refused list", "not-readable, exit 3", lambda: on(start("auth", has_auth=True), refused_list)),
        Failure(
            "accepted token", "the run's user", lambda: on(start("auth", has_auth=True), accepted_token)),
        Failure(
            "mount_prefix", "threads below it, exit 3 at the root",
            lambda: on(start("mount", prefix="/desk"), mounted)),
        Failure("deleted thread", "nothing above notice, no session", lambda: on(start("delete"), deleted_thread)),
        Failure("server killed", "backend-unreachable, exit 3", lambda: on(start("kill"), killed)),
        Failure(
            "timed-out run", "RUN_ERROR `timed out`, session error",
            lambda: on(start("timeout", {"BG_JOB_TIMEOUT_SECS": "8"}), timed_out)),
        Failure("question to a person", "session-waiting, nothing above", lambda: on(start("ask"), question)),
        Failure("cancelled run", "session idle", lambda: on(start("cancel"), cancelled)),
    ]
