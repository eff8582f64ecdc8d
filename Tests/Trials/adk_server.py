"""A server of Google's ADK with three apps, a florist, whose words say what to do."""

import random
import time
import uuid

from harness import (
    Crew, Failure, Server, Watch, environment, free_port, frozen, halves, killed, on, request, session,
    snapshot, until, workplace)

PACKAGES = ["google-adk==2.13.0"]
# A model that is a function of the customer's words; the last word is a number of seconds.
FLORIST = '''
import asyncio, uuid
from google.adk.agents import Agent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.tools import FunctionTool, LongRunningFunctionTool
from google.genai import types

def say(text, **more):
    return LlmResponse(content=types.Content(role="model", parts=[types.Part(text=text)]), **more)

def call(name, **arguments):
    part = types.FunctionCall(id="c-" + uuid.uuid4().hex[:10], name=name, args=arguments)
    return LlmResponse(content=types.Content(role="model", parts=[types.Part(function_call=part)]))

class Words(BaseLlm):
    async def generate_content_async(self, llm_request, stream=False):
        latest = llm_request.contents[-1]
        if any(part.function_response for part in latest.parts or []):
            yield say("the bouquet is bound")
            return
        texts = [p.text for c in llm_request.contents if c.role == "user" for p in c.parts or [] if p.text]
        words = (texts or ["hello"])[-1].split()
        seconds = float(words[-1]) if len(words) > 1 else 0
        match words[0]:
            case "grow": yield call("grow", seconds=seconds)
            case "think":
                await asyncio.sleep(seconds)
                yield say("roses, I think")
            case "order": yield call("order", flower="rose")
            case "pay": yield call("pay", euros=12)
            case "wither": raise RuntimeError("the model is out of water")
            case "refuse": yield LlmResponse(error_code="RESOURCE_EXHAUSTED", error_message="no more flowers")
            case "cut": yield call("cut", flower="rose")
            case "count": yield call("count", flower=words[-1])
            case "draw":
                blob = types.Blob(mime_type="image/png", data=b"PNG")
                yield LlmResponse(content=types.Content(role="model", parts=[types.Part(inline_data=blob)]))
            case _: yield say("good morning")

async def grow(seconds: float) -> dict:
    "Grows a flower."
    await asyncio.sleep(seconds)
    return {"height": 30}

def order(flower: str) -> dict:
    "Orders from a person."
    return {"status": "pending"}

def pay(euros: int) -> dict:
    "Pays."
    return {"status": "paid"}

def cut(flower: str) -> dict:
    "Cuts a flower."
    raise ConnectionError("the scissors are lost")

def count(flower: str) -> dict:
    "Counts flowers."
    return {"error": "no such flower"} if flower == "0" else {"flowers": 7}

root_agent = Agent(
    name="florist", model=Words(model="words"), instruction="sell flowers",
    tools=[grow, cut, count, LongRunningFunctionTool(order), FunctionTool(pay, require_confirmation=True)])
'''
CHAIN = '''
import asyncio
from google.adk.agents import Agent, SequentialAgent
from google.adk.models import BaseLlm, LlmResponse
from google.genai import types

class Slow(BaseLlm):
    async def generate_content_async(self, llm_request, stream=False):
        await asyncio.sleep(float(self.model))
        yield LlmResponse(content=types.Content(role="model", parts=[types.Part(text="done")]))

root_agent = SequentialAgent(name="chain", sub_agents=[
    Agent(name="pick", model=Slow(model="1")), Agent(name="bind", model=Slow(model="12")),
    Agent(name="wrap", model=Slow(model="3"))])
'''
LOOP = '''
import uuid
from google.adk.agents import Agent, LoopAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.tools import exit_loop
from google.genai import types

class Leave(BaseLlm):
    async def generate_content_async(self, llm_request, stream=False):
        part = types.FunctionCall(id="c-" + uuid.uuid4().hex[:10], name="exit_loop", args={})
        yield LlmResponse(content=types.Content(role="model", parts=[types.Part(function_call=part)]))

root_agent = LoopAgent(name="loop", max_iterations=3, sub_agents=[
    Agent(name="judge", model=Leave(model="x"), tools=[exit_loop])])
'''
USER = "user"
bin_folder = None


def install():
    global bin_folder
    bin_folder = environment("adk", PACKAGES)
    return ", ".join(PACKAGES)


def start(name="plain"):
    port = free_port()
    folder = workplace("adk-" + name, {})
    for app, text in {"florist": FLORIST, "chain": CHAIN, "loop": LOOP}.items():
        (folder / "apps" / app).mkdir(parents=True)
        (folder / "apps" / app / "__init__.py").write_text("")
        (folder / "apps" / app / "agent.py").write_text(text)
    command = [bin_folder / "adk", "api_server", "--port", port, "apps"]
    return Server(command, folder, port, "/health").start()


def place(app, user, name):
    return f"/apps/{app}/users/{user}/sessions/{name}"


def send(server, name, part, app="florist", user=USER, timeout=200):
    """Makes the session where there is none, sends a message and waits for the end of its run."""
    request("POST", server.url + place(app, user, name), {})
    body = {
        "app_name": app, "user_id": user, "session_id": name, "streaming": False,
        "new_message": {"role": "user", "parts": [part]}}
    return request("POST", server.url + "/run", body, timeout=timeout)


def say(server, name, words, **more):
    return send(server, name, {"text": words}, **more)


def answer(server, name):
    """Answers the newest call that waits, as its user does."""
    events = request("GET", server.url + place("florist", USER, name))[1]["events"]
    asked = next(event for event in reversed(events) if event.get("longRunningToolIds"))
    called = next(p["functionCall"] for p in asked["content"]["parts"] if p.get("functionCall"))
    response = {"confirmed": True} if called["name"].startswith("adk_") else {"status": "delivered"}
    fields = {"id": called["id"], "name": called["name"], "response": response}
    return send(server, name, {"function_response": fields})


def customer(crew, server, user, dice):
    """One run of 1 to 120 s."""
    seconds = min(dice.choice([1, 2, 5, 10, 20, 45, 80, 120]), int(crew.time_left()))
    if seconds < 1:
        return time.sleep(0.2)
    status, text = say(server, f"{user}-{dice.randint(1, 3)}", f"{dice.choice(['grow', 'think'])} {seconds}")
    crew.count("runs" if status == 200 else f"DRIVER FAILED: {status} {text}")


def visitor(crew, server, dice):
    """Short runs of every kind, in agents that follow each other and in loops."""
    app, words = dice.choice([("florist", "draw"), ("florist", "hello"), ("loop", "go"), ("chain", "go")])
    if app == "chain" and crew.time_left() < 20:
        return time.sleep(0.5)
    say(server, f"{app}-{dice.randint(1, 2)}", words, app=app)
    crew.count(f"runs of {app}")
    time.sleep(min(3, max(0, crew.time_left())))


def asker(crew, server, dice):
    """A run that waits for a person, who answers after 40 s."""
    name = "asker-" + uuid.uuid4().hex[:6]
    say(server, name, dice.choice(["order", "pay"]))
    time.sleep(min(40, max(0, crew.time_left())))
    answer(server, name)
    crew.count("questions answered")


def guest(crew, server):
    """A session that is deleted when it was used."""
    name = "guest-" + uuid.uuid4().hex[:6]
    say(server, name, "grow 3")
    time.sleep(min(4, max(0, crew.time_left())))
    request("DELETE", server.url + place("florist", USER, name))
    crew.count("sessions deleted")


def hasty(crew, server):
    """A client that leaves before its answer, and asks again."""
    say(server, "hasty", "grow 20", timeout=2)
    time.sleep(3)
    say(server, "hasty", "hello")
    crew.count("runs left")
    time.sleep(min(20, max(0, crew.time_left())))


def healthy(server, minutes):
    def employ(crew, half):
        for number in range(6):
            crew.employ(customer, server, f"customer-{number}", random.Random(10 * half + number))
        crew.employ(visitor, server, random.Random(half))
        crew.employ(asker, server, random.Random(half))
        crew.employ(guest, server)
        crew.employ(hasty, server)

    return halves(server, minutes, employ)


def fails_then_works(words):
    def trial(server):
        say(server, "unlucky", words)
        time.sleep(1)
        failed = session(server.url, "unlucky")
        say(server, "unlucky", "hello")
        time.sleep(1)
        good = session(server.url, "unlucky")
        return (failed, good) == ("error", "idle"), f"{failed}, then {good}"

    return trial


def tool(server):
    """A tool that worked 15 times and then fails 20 times."""
    with Watch(server.url) as watch:
        time.sleep(4)
        for number in range(35):
            say(server, "counter", f"count {1 if number < 15 else 0}")
            time.sleep(0.3)
        finding = watch.finding("tool-failing", 15)
        return finding is not None, finding and finding["summary"]


def question(words):
    def trial(server):
        with Watch(server.url) as watch:
            time.sleep(3)
            say(server, "asked", words)
            finding = watch.finding("session-waiting", 90)
            alarms = [line["rule"] for line in watch.alarms()]
            waiting = session(server.url, "asked")
            answer(server, "asked")
            time.sleep(3)
            after, late = session(server.url, "asked"), [line["rule"] for line in watch.alarms()]
            is_right = bool(finding) and not alarms + late and (waiting, after) == ("waiting", "idle")
            return is_right, f"{waiting}, then {after}, alarms {alarms + late}"

    return trial


def sequence(server):
    """In the middle of a chain it is at work; after it, one run without a flaw."""
    with Watch(server.url) as watch:
        time.sleep(3)
        crew = Crew(0.01)
        crew.employ(lambda _: say(server, "chain", "go", app="chain"))
        time.sleep(7)
        middle = session(server.url, "chain")
        crew.finish()
        is_over = until(lambda: session(server.url, "chain") == "idle", 30)
        runs = [(run["state"], run["violations"]) for run in snapshot(server.url, "--wait", "4s")["runs"]]
        alarms = [line["rule"] for line in watch.alarms()]
        is_right = middle == "running" and is_over and runs == [("completed", [])] and not alarms
        return is_right, f"{middle}, then {'idle' if is_over else 'not idle'}, {runs}, alarms {alarms}"


def users(server):
    """A user that the configuration names, whose run has failed."""
    say(server, "hers", "refuse", user="ada")
    folder = workplace("adk-config", {
        "config.toml": f'[targets.flowers]\nurl = "{server.url}"\nusers = ["ada", "{USER}"]\n'})
    state = session(server.url, "hers", "--config", str(folder / "config.toml"))
    return state == "error", f"session {state}"


def failures():
    return [
        Failure("model raises", "session error, idle after a good run",
                lambda: on(start("raise"), fails_then_works("wither"))),
        Failure("model refuses", "session error, idle after a good run",
                lambda: on(start("refuse"), fails_then_works("refuse"))),
        Failure("tool raises", "session error, idle after a good run",
                lambda: on(start("cut"), fails_then_works("cut"))),
        Failure("tool that begins to fail", "tool-failing", lambda: on(start("tool"), tool)),
        Failure("server killed", "backend-unreachable, exit 3", lambda: on(start("kill"), killed)),
        Failure("server hangs", "backend-unreachable", lambda: on(start("freeze"), frozen)),
        Failure("confirmation", "session-waiting, nothing above", lambda: on(start("pay"), question("pay"))),
        Failure("long-running tool", "session-waiting, nothing above",
                lambda: on(start("order"), question("order"))),
        Failure("agents in sequence", "one run", lambda: on(start("chain"), sequence)),
        Failure("a user of the configuration", "the user's session", lambda: on(start("users"), users)),
    ]
