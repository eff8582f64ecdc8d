"""Measures the console through a pseudo-terminal beside its peers, in one run; prints one row a line.

usage: run.py CONSOLE ECHO_KEY   (the release build of ctxtop, and echo_key compiled)
"""
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

from quiet_backend import Backend


class Program:
    """A program in a pseudo-terminal of 120x36."""

    def __init__(self, command):
        self.began = time.monotonic()
        self.output = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)

    def read(self, limit):
        """What comes within `limit` seconds; empty when nothing does."""
        if not select.select([self.terminal], [], [], limit)[0]:
            return b""
        try:
            piece = os.read(self.terminal, 1 << 16)
        except OSError:
            piece = b""
        self.output += piece
        return piece

    def wait_for(self, word, limit=30.0):
        """Seconds until `word` has come since the last call; None when it does not."""
        began = time.monotonic()
        while word not in self.output:
            if time.monotonic() - began > limit or not (self.read(limit) or os.path.exists(f"/proc/{self.pid}")):
                return None
        self.output = self.output[self.output.index(word) + len(word):]
        return time.monotonic() - began

    def drain(self, seconds):
        """Reads for a while; gives how many bytes came."""
        end, count = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            count += len(self.read(left))
        self.output = b""
        return count

    def press(self, key, word):
        """Seconds from a key to the word that it paints."""
        while self.read(0):
            pass
        self.output = b""
        began = time.monotonic()
        os.write(self.terminal, key)
        return None if self.wait_for(word, 10) is None else time.monotonic() - began

    def cpu_seconds(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self):
        return int(open(f"/proc/{self.pid}/statm").read().split()[1]) * 4096 >> 20

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def milliseconds(values, share=50):
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def first_paint(console):
    """From start to the first drawn word, alternated, nine times each; nobody answers the console."""
    times = {"ctxtop": [], "btop": []}
    for _ in range(9):
        for name, command, word in (
            ("ctxtop", [console, "http://127.0.0.1:9"], b"Pulse"),
            ("btop", ["btop", "--utf-force"], b"proc"),
        ):
            if not shutil.which(command[0]):
                continue
            program = Program(command)
            if (took := program.wait_for(word, 5)) is not None:
                times[name].append(took)
            program.close()
    ours = milliseconds(times["ctxtop"])
    row = f"first paint: ctxtop {ours:.0f} ms"
    if times["btop"]:
        row += f", btop {milliseconds(times['btop']):.0f} ms; ratio {ours / milliseconds(times['btop']):.2f} (aim 0.70 or less)"
    print(row, flush=True)


def idle(console):
    """A minute with 1,000 quiet sessions."""
    backend = Backend(sessions=1000)
    program = Program([console, backend.url])
    program.wait_for(b"live")
    program.drain(5)
    before, seconds = program.cpu_seconds(), 60
    count = program.drain(seconds)
    share = 100 * (program.cpu_seconds() - before) / seconds
    print(f"idle, 1,000 quiet sessions: {share:.2f} % of a core (aim 0.50), {count / seconds:.0f} bytes/s (aim 50)", flush=True)
    program.close()
    backend.close()


def keys(console, echo):
    """200 keys each: a view to switch to, while 5,000 events a second arrive on top of a million."""
    limit = Program([echo])
    limit.wait_for(b"line 5")
    base = [limit.press(b"x", (b"Paths", b"Sessions")[turn % 2]) for turn in range(200)]
    limit.close()
    backend = Backend(sessions=10_000, burst=1_000_000, per_second=5000)
    program = Program([console, backend.url])
    program.wait_for(b"live", 60)
    while backend.sent < 1_010_000:
        program.drain(0.5)
    times = []
    for turn in range(200):
        key, word = ((b"3", b"Paths"), (b"2", b"Sessions"))[turn % 2]
        times.append(program.press(key, word))
        program.drain(0.05)
    lost = times.count(None)
    times = [took for took in times if took is not None]
    base = [took for took in base if took is not None]
    over = milliseconds(times, 99) - milliseconds(base, 99)
    print(
        f"key to paint, 10,000 sessions, 1,000,000 events held, 5,000 arriving a second: median {milliseconds(times):.1f} ms,"
        f" p99 {milliseconds(times, 99):.1f}, max {1000 * max(times):.1f}, without answer {lost};"
        f" do-nothing p99 {milliseconds(base, 99):.1f}; over it {over:.1f} (aim 8)",
        flush=True)
    print(f"  resident {program.resident_mib()} MiB (aim 220), reader saw {backend.sent} events sent", flush=True)
    program.close()
    backend.close()


def stopped(console):
    """The share of a core in the second after 60 s of SIGSTOP, with 500 events a second."""
    backend = Backend(sessions=1000, per_second=500)
    program = Program([console, backend.url])
    program.wait_for(b"live")
    program.drain(5)
    before = program.cpu_seconds()
    program.drain(5)
    usual = (program.cpu_seconds() - before) / 5
    os.kill(program.pid, signal.SIGSTOP)
    time.sleep(60)
    os.kill(program.pid, signal.SIGCONT)
    program.drain(1)
    before = program.cpu_seconds()
    program.drain(2)
    after = (program.cpu_seconds() - before) / 2
    print(f"after 60 s of SIGSTOP: {100 * after:.1f} % of a core one second later, {100 * usual:.1f} % before", flush=True)
    program.close()
    backend.close()


if __name__ == "__main__":
    wanted = sys.argv[3:] or ["paint", "idle", "keys", "stopped"]
    if "paint" in wanted:
        first_paint(sys.argv[1])
    if "idle" in wanted:
        idle(sys.argv[1])
    if "keys" in wanted:
        keys(sys.argv[1], sys.argv[2])
    if "stopped" in wanted:
        stopped(sys.argv[1])
