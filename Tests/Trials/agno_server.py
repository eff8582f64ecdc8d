"""Agno's AgentOS with two agents and a team, a library, whose words say what to do."""

import json
import random
import time
import urllib.parse
import urllib.request
import uuid

from harness import (
    Failure, Server, Watch, check, environment, free_port, frozen, halves, killed, on, request, session,
    snapshot, until, workplace)

PACKAGES = ["agno[os]==3.1.10", "aiosqlite==0.22.1", "uvicorn==0.38.0"]
# A model that is a function of the reader's words; the last word is a number of seconds.
APP = '''
import asyncio, json, uuid
from dataclasses import dataclass
from agno.agent import Agent
from agno.db.sqlite import SqliteDb
from agno.models.base import Model
from agno.models.response import ModelResponse
from agno.os import AgentOS
from agno.team import Team
from agno.tools import tool

@dataclass
class Words(Model):
    id: str = "words"

    def answer(self, messages):
        if messages[-1].role == "tool":
            return 0, ModelResponse(role="assistant", content="the book is on the table")
        words = str(next((m.content for m in reversed(messages) if m.role == "user"), "hello")).split()
        seconds = float(words[-1]) if len(words) > 1 else 0
        if words[0] == "burn":
            raise RuntimeError("the library is on fire")
        if words[0] == "ponder":
            return seconds, ModelResponse(role="assistant", content="I have read it")
        tools = {"fetch": ("fetch", {"seconds": seconds}), "lend": ("lend", {"book": "maps"}),
                 "tear": ("tear", {"book": "maps", "torn": seconds > 0})}
        if words[0] not in tools:
            return 0, ModelResponse(role="assistant", content="hush")
        name, arguments = tools[words[0]]
        function = {"name": name, "arguments": json.dumps(arguments)}
        call = {"id": "c-" + uuid.uuid4().hex[:10], "type": "function", "function": function}
        return 0, ModelResponse(role="assistant", tool_calls=[call])

    def invoke(self, *given, messages=None, **more):
        return self.answer(messages or given[0])[1]

    async def ainvoke(self, *given, messages=None, **more):
        seconds, response = self.answer(messages or given[0])
        await asyncio.sleep(seconds)
        return response

    def invoke_stream(self, *given, messages=None, **more):
        yield self.answer(messages or given[0])[1]

    async def ainvoke_stream(self, *given, messages=None, **more):
        seconds, response = self.answer(messages or given[0])
        await asyncio.sleep(seconds)
        yield response

    def _parse_provider_response(self, response, **more):
        return response

    def _parse_provider_response_delta(self, response):
        return response

async def fetch(seconds: float) -> str:
    "Fetches a book."
    await asyncio.sleep(seconds)
    return "a book"

async def tear(book: str, torn: bool) -> str:
    "Opens a book."
    if torn:
        raise ValueError("the page is torn")
    return "page one"

@tool(requires_confirmation=True)
async def lend(book: str) -> str:
    "Lends a book."
    return "lent " + book

db = SqliteDb(db_file="library.db")
tools = [fetch, tear, lend]
reader = Agent(id="reader", name="reader", model=Words(), tools=tools, db=db)
keeper = Agent(id="keeper", name="keeper", model=Words(), tools=tools, db=db)
staff = Team(id="staff", name="staff", members=[keeper], model=Words(), tools=[fetch], db=db)
app = AgentOS(id="library", agents=[reader, keeper], teams=[staff], telemetry=False).get_app()
'''
bin_folder = None


def install():
    global bin_folder
    bin_folder = environment("agno", PACKAGES)
    return ", ".join(PACKAGES)


def start(name="plain", **environ):
    port = free_port()
    folder = workplace("agno-" + name, {"library.py": APP})
    command = [bin_folder / "uvicorn", "library:app", "--port", port, "--log-level", "warning"]
    return Server(command, folder, port, "/health", {"AGNO_TELEMETRY": "false", **environ}).start()


def post(server, path, fields, timeout=200, key=None):
    """Posts a form; the status and the JSON of the answer."""
    head = {"authorization": "Bearer " + key} if key else {}
    ask = urllib.request.Request(
        server.url + path, data=urllib.parse.urlencode(fields).encode(), headers=head, method="POST")
    try:
        with urllib.request.urlopen(ask, timeout=timeout) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except OSError as error:
        return getattr(error, "code", 0), str(error)


def say(server, name, words, who="agents/reader", background=False, timeout=200, key=None):
    """Runs an agent or a team to its end, or begins a run in the background."""
    fields = {"message": words, "stream": "false", "user_id": name.split("-")[0], "session_id": name}
    if background:
        fields["background"] = "true"
    return post(server, f"/{who}/runs", fields, timeout, key)


def runs_of(server, name):
    rows = request("GET", f"{server.url}/sessions/{name}/runs?type=agent")[1]
    return rows if isinstance(rows, list) else []


def confirm(server, name):
    """Answers the run that waits, as its user does."""
    run = next(run for run in reversed(runs_of(server, name)) if run["status"] == "PAUSED")
    tools = [{**tool, "confirmed": True} for tool in run["tools"]]
    fields = {"tools": json.dumps(tools), "session_id": name, "user_id": name.split("-")[0], "stream": "false"}
    return post(server, f"/agents/reader/runs/{run['run_id']}/continue", fields)


def over(server, name):
    return all(run["status"] not in ("PENDING", "RUNNING") for run in runs_of(server, name))


def reader(crew, server, user, dice):
    """One run of 1 to 120 s, in the foreground or the background."""
    seconds = min(dice.choice([1, 2, 5, 10, 20, 45, 80, 120]), int(crew.time_left()))
    if seconds < 1:
        return time.sleep(0.2)
    name, in_background = f"{user}-{dice.randint(1, 3)}", dice.random() < 0.5
    status, text = say(server, name, f"{dice.choice(['fetch', 'ponder'])} {seconds}", background=in_background)
    if in_background:
        until(lambda: over(server, name), 150)
    crew.count("runs" if status in (200, 202) else f"DRIVER FAILED: {status} {text}")


def visitor(crew, server, dice):
    """Short runs of agents and of a team."""
    who = dice.choice(["agents/reader", "agents/keeper", "teams/staff"])
    say(server, f"visitor-{who.split('/')[1]}", dice.choice(["hello", "fetch 1"]), who)
    crew.count("short runs")
    time.sleep(min(2, max(0, crew.time_left())))


def borrower(crew, server, dice):
    """A run that waits for a person, who answers after 1 or 40 s."""
    name = "borrower-" + uuid.uuid4().hex[:6]
    say(server, name, "lend")
    time.sleep(min(dice.choice([0, 1, 40]), max(0, crew.time_left())))
    confirm(server, name)
    crew.count("questions answered")


def hasty(crew, server):
    """A run in the background that its user cancels."""
    run = say(server, "hasty-1", "fetch 8", background=True)[1]["run_id"]
    time.sleep(2)
    post(server, f"/agents/reader/runs/{run}/cancel", {})
    until(lambda: over(server, "hasty-1"), 30)
    crew.count("runs cancelled")


def guest(crew, server):
    """A session that is deleted when it was used."""
    name = "guest-" + uuid.uuid4().hex[:6]
    say(server, name, "fetch 2")
    time.sleep(min(4, max(0, crew.time_left())))
    request("DELETE", f"{server.url}/sessions/{name}")
    crew.count("sessions deleted")


def healthy(server, minutes):
    def employ(crew, half):
        for number in range(6):
            crew.employ(reader, server, f"reader{number}", random.Random(10 * half + number))
        crew.employ(visitor, server, random.Random(half))
        crew.employ(borrower, server, random.Random(half))
        crew.employ(hasty, server)
        crew.employ(guest, server)

    return halves(server, minutes, employ)


def model(server):
    say(server, "unlucky-1", "burn")
    failed = session(server.url, "unlucky-1")
    time.sleep(1)
    say(server, "unlucky-1", "hello")
    good = session(server.url, "unlucky-1")
    return (failed, good) == ("error", "idle"), f"{failed}, then {good}"


def tool(server):
    """A tool that worked 15 times and then fails 20 times."""
    with Watch(server.url) as watch:
        time.sleep(4)
        for number in range(35):
            say(server, "tear-1", f"tear {0 if number < 15 else 1}")
            time.sleep(0.3)
        finding = watch.finding("tool-failing", 15)
        return finding is not None, finding and finding["summary"]


def wall(server):
    code, text = check(server.url)
    return code == 3 and "not-readable" in text, f"exit {code}, {text.splitlines()[0]}"


def wrong_key(server):
    token = workplace("agno-wrong", {"token": "yesterday\n"}) / "token"
    code, text = check(server.url, "--token-file", str(token))
    return code == 3 and "not-readable" in text, f"exit {code}, {text.splitlines()[0]}"


def right_key(server):
    token = workplace("agno-right", {"token": "sesame\n"}) / "token"
    say(server, "member-1", "hello", key="sesame")
    state = session(server.url, "member-1", "--token-file", str(token))
    code, text = check(server.url, "--token-file", str(token))
    return state == "idle" and code == 0, f"session {state}, exit {code}, {text.splitlines()[0]}"


def hang(server):
    with Watch(server.url) as watch:
        time.sleep(4)
        say(server, "patient-1", "fetch 3600", background=True)
        # AgentOS shows a background run when it has ended: its silence is a notice and no proof.
        finding = watch.finding("run-stalled", 300, least="notice")
        return finding is not None, finding["summary"] if finding else session(server.url, "patient-1")


def question(server):
    with Watch(server.url) as watch:
        time.sleep(3)
        say(server, "asked-1", "lend")
        finding = watch.finding("session-waiting", 90)
        waiting = session(server.url, "asked-1")
        confirm(server, "asked-1")
        time.sleep(4)
        after, alarms = session(server.url, "asked-1"), [line["rule"] for line in watch.alarms()]
        is_right = bool(finding) and not alarms and (waiting, after) == ("waiting", "idle")
        return is_right, f"{waiting}, then {after}, alarms {alarms}"


def many(server):
    """More sessions than a page, the oldest of which waits; and a restart that ends none of them."""
    say(server, "oldest-1", "lend")
    time.sleep(1.1)
    for number in range(120):
        say(server, f"bulk-{number}", "hello")
    states = {row["id"]: row["state"] for row in snapshot(server.url)["sessions"]}
    with Watch(server.url, "changes") as watch:
        time.sleep(8)
        server.restart()
        time.sleep(8)
        ends = [line for line in watch.lines if "ended" in json.dumps(line)]
    is_right = len(states) == 121 and states.get("oldest-1") == "waiting" and not ends
    return is_right, f"{len(states)} sessions, the oldest {states.get('oldest-1')}, {len(ends)} ended by the restart"


def failures():
    return [
        Failure("model raises", "session error, idle after a good run", lambda: on(start("model"), model)),
        Failure("tool that begins to fail", "tool-failing", lambda: on(start("tool"), tool)),
        Failure("security key", "not-readable, exit 3",
                lambda: on(start("wall", OS_SECURITY_KEY="sesame"), wall)),
        Failure("wrong security key", "not-readable, exit 3",
                lambda: on(start("wrong", OS_SECURITY_KEY="sesame"), wrong_key)),
        Failure("accepted security key", "the session, exit 0",
                lambda: on(start("right", OS_SECURITY_KEY="sesame"), right_key)),
        Failure("hang in the background", "run-stalled as a notice", lambda: on(start("hang"), hang)),
        Failure("server killed", "backend-unreachable, exit 3", lambda: on(start("kill"), killed)),
        Failure("server hangs", "backend-unreachable", lambda: on(start("freeze"), frozen)),
        Failure("confirmation", "session-waiting, nothing above", lambda: on(start("ask"), question)),
        Failure("many sessions", "121 sessions, the oldest waits, none ended", lambda: on(start("many"), many)),
    ]
