"""Healthy work of libraries for a while, and failures that must be found, before a console that speaks."""

import dataclasses
import json
import os
import pathlib
import pty
import random
import re
import subprocess
import threading
import time

from harness import CACHE, ROOT, Crew, Failure, ctxtop, free_port

from . import stub

HERE = pathlib.Path(__file__).resolve().parent
HEALTHY = ["pydantic_ai", "openai_agents", "langgraph"]
SECONDS = [1, 2, 5, 10, 20, 45, 80, 120]


class Console:
    """`ctxtop listen --plain` on a terminal; its sentences are collected as they come."""

    def __init__(self, name):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        home = CACHE / "work" / f"rehearsal-{name}"
        home.mkdir(parents=True, exist_ok=True)
        environ = {"CTXTOP_ASSETS": str(ROOT / "Assets"), **os.environ, "TERM": "xterm"}
        environ |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen(
            [ctxtop(), "listen", "--otlp", f"127.0.0.1:{port}", "--otlp-grpc", "off", "--plain"], env=environ, stdin=end, stdout=end,
            stderr=subprocess.DEVNULL)
        os.close(end)
        self.lines, self.log = [], (home / "sentences.txt").open("w", buffering=1)
        threading.Thread(target=self.read, daemon=True).start()
        time.sleep(3)

    def read(self):
        rest = b""
        while True:
            try:
                rest += os.read(self.terminal, 65536)
            except OSError:
                return
            *lines, rest = rest.split(b"\n")
            for line in lines:
                text = line.decode(errors="replace").strip()
                self.lines.append(text)
                self.log.write(time.strftime("%H:%M:%S ") + text + "\n")

    def alarms(self):
        """What was said above notice."""
        return [line for line in self.lines if re.match(r"(now )?(warning|critical): ", line)]

    def hears(self, words, seconds):
        """The first sentence with these words, of those so far and those of the next seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in list(self.lines):
                if words in line:
                    return line
            time.sleep(0.5)
        return None

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        os.close(self.terminal)


class Stage:
    """A driver that plays many runs at the same time in one process."""

    def __init__(self, producer, url):
        environ = {
            **os.environ, "MODEL_URL": stub.serve(), "OTEL_EXPORTER_OTLP_ENDPOINT": url, "PERSON_SECONDS": "20",
            **producer.environ}
        self.process = subprocess.Popen(
            [producer.bin / "python", HERE / f"{producer.driver}_driver.py", "trial"], env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.number, self.lock, self.waiting = 0, threading.Lock(), {}
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for text in self.process.stdout:
            if text.startswith('{"number"'):
                answer = json.loads(text)
                self.waiting.pop(answer["number"]).append(answer["said"])

    def play(self, words, session, user, cancel=None):
        """Plays a run to its end; what it said."""
        said = []
        with self.lock:
            self.number += 1
            line = {"number": self.number, "words": words, "session": session, "user": user, "cancel": cancel}
            self.waiting[self.number] = said
            self.process.stdin.write(json.dumps(line) + "\n")
            self.process.stdin.flush()
        while not said:
            if self.process.poll() is not None:
                raise RuntimeError("the driver has ended")
            time.sleep(0.1)
        return said[0]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)


def work(crew, stage, user, dice):
    """One run of 1 to 120 s."""
    seconds = min(dice.choice(SECONDS), int(crew.time_left()))
    if seconds < 1:
        return time.sleep(0.2)
    words = dice.choice([
        f"think{seconds} tide", f"winch:{seconds} tide", f"tide winch:{seconds}", f"ask_lookout:think{seconds}+tide"])
    said = stage.play(words, f"{user}-{dice.randint(1, 3)}", user)
    crew.count("runs" if not said.startswith("raised") else f"DRIVER FAILED: {said}")


def ask(crew, stage, dice):
    """A run that asks a person, who answers after 20 s."""
    if crew.time_left() < 25:
        return time.sleep(0.5)
    said = stage.play("mooring", f"asker-{dice.randint(1, 100_000)}", "asker")
    crew.count("questions answered" if not said.startswith("raised") else f"DRIVER FAILED: {said}")
    time.sleep(min(10, max(0, crew.time_left())))


def hasty(crew, stage):
    """A run that its user cancels."""
    stage.play("tide winch:60", "hasty-1", "hasty", cancel=4)
    crew.count("runs cancelled")
    time.sleep(min(15, max(0, crew.time_left())))


def healthy(producer, minutes):
    """Half an hour of a harbour's work; what was done, and the alarms."""
    console = Console(producer.driver)
    stage = Stage(producer, console.url)
    crew = Crew(minutes)
    for number in range(5):
        crew.employ(work, stage, f"sailor{number}", random.Random(number))
    crew.employ(ask, stage, random.Random(9))
    crew.employ(hasty, stage)
    done = crew.finish()
    stage.stop()
    time.sleep(20)
    console.stop()
    return done, console.alarms()


def on(producer, name, trial):
    """Runs a trial before a console and a driver of its own."""
    console = Console(f"{producer.driver}-{name}".replace(" ", "-"))
    stage = Stage(producer, console.url)
    try:
        return trial(console, stage)
    finally:
        stage.process.kill()
        console.stop()


def tool_that_breaks(console, stage):
    """A tool that worked 25 times fails 25 times."""
    for number in range(50):
        stage.play("winch:0" if number < 25 else "winch:broken", f"s-{number % 5}", f"user{number % 5}")
    line = console.hears("tool-failing", 30)
    return line is not None, line


def failed_run(console, stage):
    """Good runs in two sessions, and then one that fails in one of them."""
    for session in ("calm", "stormy"):
        stage.play("tide", session, "ada")
    time.sleep(8)
    stage.play("tide refuse", "stormy", "ada")
    line = console.hears("session stormy", 30)
    calm = console.hears("session calm", 1)
    return line is not None and line.endswith("error") and calm is None, line


def model_that_refuses(console, stage):
    """Good runs of several users, then nothing but refusals."""
    for number in range(24):
        stage.play("tide" if number < 6 else "refuse", f"s-{number % 6}", f"user{number % 6}")
    line = console.hears("runs-failing", 30)
    return line is not None, line


def wrong_address(producer):
    """An exporter that is told to send to `/`."""

    def trial(console, stage):
        stage.play("tide", "s-1", "ada")
        line = console.hears("/v1/traces", 30)
        return line is not None, line

    wrong = dataclasses.replace(producer, environ={"TRIAL_PATH": "/"})
    wrong.bin = producer.bin
    return on(wrong, "wrong address", trial)


def failures(producer):
    def of(name, trial):
        return lambda: on(producer, name, trial)

    return [
        Failure("failed run", "its session's error, and no other's", of("failed run", failed_run)),
        Failure("tool that breaks", "tool-failing", of("tool that breaks", tool_that_breaks)),
        Failure("model that refuses", "runs-failing", of("model that refuses", model_that_refuses)),
        Failure("wrong address", "the refused path with its remedy", lambda: wrong_address(producer)),
    ]
