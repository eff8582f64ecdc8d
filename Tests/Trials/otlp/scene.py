"""What each driver needs inside its library's environment: a harbour with tools, telemetry, a second service.

A driver defines `async def run(words, part)`, which lets the agent `part.agent` work on `words` for the user
`part.user` in the conversation `part.session`, and hands it to `play`.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import context, propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

MODEL_URL = os.environ.get("MODEL_URL", "")
# How to start the MCP server of the buoys, which is a service of its own.
BUOYS = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "buoys.py")]
BUOYS_ENVIRON = {**os.environ, "SCENE_AGENT": "buoys"}


class Part:
    def __init__(self, agent, session, user):
        self.agent, self.session, self.user = agent, session, user


def provider():
    """The process's tracer provider, which exports as an SDK does by default."""
    made = TracerProvider(resource=Resource.create({"service.name": os.environ.get("SCENE_AGENT", "pilot")}))
    # An exporter that is given an address of its own uses it as it is.
    address = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + os.environ.get("TRIAL_PATH", "/v1/traces")
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    trace.set_tracer_provider(made)
    return made


# The harbour's tools. A library that has no asynchronous tools uses the second set.


async def tide() -> str:
    """Looks up the tide."""
    await asyncio.sleep(0.2)
    return "high at six"


async def crane() -> str:
    """Moves the crane."""
    await asyncio.sleep(0.1)
    raise RuntimeError("the crane is stuck")


async def dredge() -> str:
    """Dredges the harbour, which takes long."""
    await asyncio.sleep(float(os.environ.get("DREDGE_SECONDS", "70")))
    return "deep enough"


async def winch(request: str) -> str:
    """Pulls a rope for some seconds.

    Args:
        request: how long
    """
    word = request.strip("[]")
    if word == "broken":
        raise TimeoutError("the rope is torn")
    await asyncio.sleep(float(word))
    return "pulled"


async def person():
    """Waits as long as a person thinks about an answer."""
    await asyncio.sleep(float(os.environ.get("PERSON_SECONDS", "0")))


async def ask_port(request: str) -> str:
    """Asks another port.

    Args:
        request: what to ask
    """
    return await asyncio.to_thread(ask_port_now, request)


def tide_now() -> str:
    """Looks up the tide."""
    time.sleep(0.2)
    return "high at six"


def crane_now() -> str:
    """Moves the crane."""
    raise RuntimeError("the crane is stuck")


def dredge_now() -> str:
    """Dredges the harbour, which takes long."""
    time.sleep(float(os.environ.get("DREDGE_SECONDS", "70")))
    return "deep enough"


def ask_port_now(request: str) -> str:
    """Asks another port.

    Args:
        request: what to ask
    """
    with trace.get_tracer("client").start_as_current_span("POST", kind=trace.SpanKind.CLIENT):
        headers = {"content-type": "application/json"}
        propagate.inject(headers)
        body = json.dumps({"request": request}).encode()
        ask = urllib.request.Request(os.environ["OTHER_PORT"], data=body, headers=headers)
        with urllib.request.urlopen(ask, timeout=60) as answer:
            return answer.read().decode()


# The second service: the same driver in another process, whose agent is the lookout.


def serve(run):
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            words = json.loads(self.rfile.read(int(self.headers["content-length"])))["request"]
            token = context.attach(propagate.extract({name.lower(): value for name, value in self.headers.items()}))
            with trace.get_tracer("server").start_as_current_span("POST /ask", kind=trace.SpanKind.SERVER):
                here = context.get_current()

                async def work():
                    context.attach(here)
                    return await run(words, Part("lookout", os.environ["SCENE_SESSION"], os.environ["SCENE_USER"]))

                asyncio.run_coroutine_threadsafe(work(), loop).result()
            context.detach(token)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"seen")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    trace.get_tracer_provider().shutdown()


def second_service():
    """Starts it; its process, whose end of input is its end."""
    environ = {**os.environ, "SCENE_AGENT": "lookout"}
    process = subprocess.Popen(
        [sys.executable, sys.argv[0], "serve"], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.environ["OTHER_PORT"] = f"http://127.0.0.1:{int(process.stdout.readline())}/ask"
    return process


WORDS = {
    "tool": "tide", "failing tool": "crane", "model error": "tide refuse", "agent in agent": "ask_lookout:tide",
    "slow agent in agent": "ask_lookout:think4+tide tide", "handoff": "transfer_to_lookout tide",
    "interrupt": "mooring", "cancel": "tide dredge", "70 s tool": "tide dredge", "two services": "ask_port:tide",
    "MCP": "buoy"}


async def cancelled(work):
    """Cancels it when it has worked for a while, as a server does when its client has gone."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(3)
    task.cancel()
    await task


def play(run):
    """Plays the scenario that the command line names; what the library raises ends it, as it may."""
    if sys.argv[1] == "serve":
        return serve(run)
    if sys.argv[1] == "trial":
        return rehearse(run)
    part = Part("pilot", os.environ["SCENE_SESSION"], os.environ["SCENE_USER"])
    scenario = sys.argv[1]
    other = second_service() if scenario == "two services" else None
    work = run(f"[[{WORDS[scenario]}]]", part)
    try:
        print("said:", asyncio.run(cancelled(work) if scenario == "cancel" else work))
    except BaseException as error:
        print("raised:", repr(error)[:300])
    if other:
        other.stdin.close()
        other.wait()
    trace.get_tracer_provider().shutdown()
    sys.stdout.flush()
    os._exit(0)  # threads that were left behind by a cancel do not keep it


def rehearse(run):
    """Plays lines of JSON from the standard input at the same time, each with words, session, user and cancel.

    A line is answered by one line when its run is over.
    """

    async def one(line):
        work = run(f"[[{line['words']}]]", Part("pilot", line["session"], line["user"]))
        task = asyncio.ensure_future(work)
        try:
            said = str(await asyncio.wait_for(task, line.get("cancel")))
        except BaseException as error:
            said = "raised " + repr(error)
        print(json.dumps({"number": line["number"], "said": said[:300]}), flush=True)

    async def all_lines():
        tasks = set()
        while text := await asyncio.to_thread(sys.stdin.readline):
            task = asyncio.create_task(one(json.loads(text)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    asyncio.run(all_lines())
    trace.get_tracer_provider().shutdown()
    os._exit(0)
