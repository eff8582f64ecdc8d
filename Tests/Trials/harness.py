"""What every trial needs: environments, servers, ctxtop beside them, and a report in words."""

import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("CTXTOP_TRIALS", pathlib.Path.home() / ".cache/ctxtop-trials"))
ABOVE_NOTICE = {"warning", "critical"}


def ctxtop():
    """The program under trial: $CTXTOP, else the newest build of this tree."""
    if "CTXTOP" in os.environ:
        return os.environ["CTXTOP"]
    builds = [ROOT / ".build" / kind / "ctxtop" for kind in ("release", "debug")]
    found = sorted((path for path in builds if path.exists()), key=lambda path: path.stat().st_mtime)
    if not found:
        sys.exit("no ctxtop: run `swift build --product ctxtop`, or set CTXTOP=PATH")
    return str(found[-1])


def environment(name, packages):
    """A virtual environment with exactly these pinned packages; the path of its programs."""
    folder = CACHE / name
    mark = folder / "packages.txt"
    wanted = "\n".join(packages)
    if not mark.exists() or mark.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *packages], check=True)
        mark.write_text(wanted)
    return folder / "bin"


def workplace(name, files):
    """An empty folder with these files; `files` maps names to texts."""
    folder = CACHE / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, text in files.items():
        (folder / path).write_text(text)
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(method, url, body=None, headers=None, timeout=30):
    """The status and the JSON (else the text) of an answer; status 0 when there is none."""
    data = None if body is None else json.dumps(body).encode()
    fields = {"content-type": "application/json", **(headers or {})}
    ask = urllib.request.Request(url, data=data, method=method, headers=fields)
    try:
        with urllib.request.urlopen(ask, timeout=timeout) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)
    try:
        return status, json.loads(text) if text else None
    except ValueError:
        return status, text


class Process:
    """A program in a session of its own, so that it and its children can be stopped together."""

    def __init__(self, command, folder, environ=None, log="server.log"):
        self.command, self.folder, self.environ = [str(word) for word in command], folder, environ or {}
        self.log = pathlib.Path(folder) / log
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, env={**os.environ, **self.environ}, start_new_session=True,
            stdout=self.log.open("ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return self

    def signal(self, number):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def stop(self, hard=False):
        self.signal(signal.SIGKILL if hard else signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()


class Server(Process):
    """A server that answers at `url`; `ready` is the path that says so."""

    def __init__(self, command, folder, port, ready, environ=None, path=""):
        super().__init__(command, folder, environ)
        self.origin = f"http://127.0.0.1:{port}"
        self.url, self.ready = self.origin + path, ready

    def start(self, seconds=90):
        super().start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if request("GET", self.origin + self.ready, timeout=2)[0]:
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.3)
        sys.exit(f"the server did not start; see {self.log}")

    def restart(self):
        self.stop()
        return self.start()


class Watch:
    """`ctxtop watch` beside a server; what it says is collected as it comes, and kept in `log` if that is given."""

    def __init__(self, url, kind="findings", options=(), log=None):
        self.log = log.open("w", buffering=1) if log else None
        command = [ctxtop(), "watch", url, "--kind", kind, *options]
        self.process = subprocess.Popen(
            command, env={"CTXTOP_ASSETS": str(ROOT / "Assets"), **os.environ}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.lines, self.news = [], queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for text in self.process.stdout:
            if self.log:
                self.log.write(text)
            line = json.loads(text)
            self.lines.append(line)
            self.news.put(line)

    def wait(self, is_it, seconds):
        """The first line for which `is_it` is true, of those so far and those of the next seconds."""
        end, seen = time.monotonic() + seconds, 0
        while True:
            while seen < len(self.lines):
                if is_it(self.lines[seen]):
                    return self.lines[seen]
                seen += 1
            if time.monotonic() >= end:
                return None
            try:
                self.news.get(timeout=min(1, max(0.01, end - time.monotonic())))
            except queue.Empty:
                pass

    def finding(self, rule, seconds, least="notice"):
        """The finding of a rule that is raised within so many seconds."""
        order = ["notice", "warning", "critical"]
        return self.wait(
            lambda line: line.get("rule") == rule and line.get("change") != "cleared"
            and order.index(line["severity"]) >= order.index(least), seconds)

    def alarms(self):
        """Everything above notice that was raised."""
        return [
            line for line in self.lines
            if line.get("change") != "cleared" and line.get("severity") in ABOVE_NOTICE]

    def close(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def check(url, *options):
    """The exit status and the text of `ctxtop check`."""
    done = subprocess.run(
        [ctxtop(), "check", url, *options], capture_output=True, text=True, timeout=60,
        env={"CTXTOP_ASSETS": str(ROOT / "Assets"), **os.environ})
    return done.returncode, done.stdout


def snapshot(url, *options):
    """The first backend of `ctxtop snapshot`."""
    done = subprocess.run(
        [ctxtop(), "snapshot", url, "--format", "json", *options], capture_output=True, text=True, timeout=120,
        env={"CTXTOP_ASSETS": str(ROOT / "Assets"), **os.environ})
    return json.loads(done.stdout)["backends"][0]


def session(url, name, *options):
    """The state of a session in a snapshot; None when it is not listed."""
    rows = snapshot(url, *options)["sessions"]
    return next((row["state"] for row in rows if row["id"] == name), None)


def until(is_it, seconds, pause=1):
    """Whether `is_it()` becomes true within so many seconds."""
    end = time.monotonic() + seconds
    while not is_it():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


class Crew:
    """Users that work at the same time until an hour has come; counts what they did."""

    def __init__(self, minutes):
        self.end = time.monotonic() + minutes * 60
        self.counts, self.lock, self.threads = {}, threading.Lock(), []

    def time_left(self):
        return self.end - time.monotonic()

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def employ(self, work, *arguments):
        """Calls `work(crew, …)` again and again, each call one piece of work."""

        def loop():
            while self.time_left() > 0:
                try:
                    work(self, *arguments)
                except Exception as error:  # a driver's mistake must not look like a healthy server
                    self.count(f"DRIVER FAILED: {error!r}")
                    time.sleep(1)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        self.threads.append(thread)

    def finish(self):
        for thread in self.threads:
            thread.join()
        return ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))


class Failure:
    """Something that really goes wrong, the words of what must be reported, and the trial of it."""

    def __init__(self, name, expected, trial):
        self.name, self.expected, self.trial = name, expected, trial


def halves(server, minutes, employ):
    """Two crews, each for half of the time, with a restart of the idle server between them; what was done in words.

    `employ(crew, half)` hires the users of a half.
    """
    words = []
    for half in range(2):
        crew = Crew(minutes / 2)
        employ(crew, half)
        words.append(crew.finish())
        if half == 0:
            time.sleep(5)
            server.restart()
            time.sleep(5)
    return "; a restart; ".join(words)


def on(server, trial):
    """Runs a trial on a server of its own, which is stopped afterwards."""
    try:
        return trial(server)
    finally:
        server.stop(hard=True)


def killed(server):
    """Whether the death of a server is found."""
    with Watch(server.url) as watch:
        time.sleep(3)
        server.stop(hard=True)
        finding = watch.finding("backend-unreachable", 60)
        code, _ = check(server.url)
        return finding is not None and code == 3, f"{finding and finding['summary']}, exit {code}"


def frozen(server):
    """Whether it is found that a server hangs."""
    with Watch(server.url) as watch:
        time.sleep(3)
        server.signal(signal.SIGSTOP)
        finding = watch.finding("backend-unreachable", 60)
        server.signal(signal.SIGCONT)
        time.sleep(5)
        return finding is not None, finding and finding["summary"]
