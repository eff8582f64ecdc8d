"""One cell of the table library × scenario: what must be seen, and what is seen."""

import dataclasses
import os
import pathlib
import subprocess
import tempfile
import time

from . import stub
from .listener import Listener, told

HERE = pathlib.Path(__file__).resolve().parent
USER = "ada"


@dataclasses.dataclass
class Cell:
    verdict: str
    words: str = ""

    def __str__(self):
        return self.verdict + (": " + self.words if self.words else "")


def allows(pattern, value):
    return pattern == "*" or value in pattern.split("|")


def tools_of(run):
    """The tools of a run as a truth writes them."""
    names = sorted(run.tools)
    return ",".join(name.replace(" ", "_") for name in names) or "-"


def matches(line, run):
    agent, end, tools, tokens = line.split()
    plain = tools.replace("!", "")
    return (
        allows(agent, (run.agent or "-").replace(" ", "_")) and allows(end, run.end or "open")
        and allows(plain, tools_of(run)) and run.failed == tools.count("!")
        and allows(tokens, str(run.tokens)) and run.starts == (1 if run.end else 0))


def is_right(expected, producer, session, runs, sessions, users):
    in_order = sorted(runs, key=lambda run: run.began or 0)
    return (
        len(runs) == len(expected) and all(map(matches, expected, in_order))
        and bool(sessions) and (not producer.sessions or all(session in name for name in sessions))
        and len(sessions) <= len(expected) and users == ([USER] if producer.users else []))


def cell(producer, scenario, keep=None):
    """Plays a scenario before a listener of its own."""
    expected = producer.expected(scenario)
    if expected is None:
        return Cell("n/a")
    name = f"{producer.key}-{scenario}".replace(" ", "-")
    listener = Listener(pathlib.Path(keep) / name if keep else None)
    session = "conv-" + name
    environ = {
        **os.environ, "MODEL_URL": stub.serve(), "OTEL_EXPORTER_OTLP_ENDPOINT": listener.url,
        "OTEL_BSP_SCHEDULE_DELAY": "1000", "SCENE_SESSION": session, "SCENE_USER": USER,
        **producer.environ}
    command = [producer.bin / "python", HERE / f"{producer.driver}_driver.py", scenario]
    with tempfile.TemporaryFile("w+") as output:
        subprocess.run(command, env=environ, stdout=output, stderr=output, timeout=300)
        output.seek(0)
        said = output.read()
    if keep:
        (listener.home / "driver.log").write_text(said)
    time.sleep(6)
    runs, sessions, users = told(listener.stop())
    if is_right(expected, producer, session, runs, sessions, users):
        return Cell("right")
    if "said: " not in said and "raised: " not in said:
        return Cell("WRONG", "the driver failed: " + said[-300:])
    seen = "; ".join(map(str, sorted(runs, key=lambda run: run.began or 0))) or "no run"
    return Cell("WRONG", f"{seen}; sessions {sessions}, users {users}; must be {'; '.join(expected)}")


def markdown(rows):
    """The rows as a table, and below it what is wrong."""
    columns = list(dict.fromkeys(word for row in rows.values() for word in row))
    lines = ["| library | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(row[word].verdict if word in row else "" for word in columns) + " |")
    return "\n".join(lines)
