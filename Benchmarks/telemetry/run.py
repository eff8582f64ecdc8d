"""Processor time of `ctxtop listen` for the requests of a folder, beside rotel: `run.py CTXTOP ROTEL FOLDER`.

Both receive the same requests by HTTP on one connection. rotel decodes them and lets its exporter drop them;
ctxtop also places each span in its trace's tree and writes the events of the runs. Medians of five alternated starts.
"""

import http.client
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def busy(process):
    """Processor seconds of a process so far (proc(5), stat: utime and stime)."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def settle(process):
    """Waits until a process has done nothing for half a second."""
    before, since = busy(process), time.monotonic()
    while time.monotonic() - since < 0.5:
        time.sleep(0.05)
        now = busy(process)
        if now > before + 0.015:
            before, since = now, time.monotonic()
    return before


def connect(port):
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
            return connection
        except ConnectionError:
            time.sleep(0.05)
    sys.exit(f"nothing listens at port {port}")


def cost(command, port, bodies):
    """The processor seconds that a receiver needs for the requests, without its start."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        connection = connect(port)
        idle = settle(process)
        for body in bodies:
            connection.request("POST", "/v1/traces", body, {"Content-Type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"{command[0]} answered {answer.status}")
        return settle(process) - idle
    finally:
        process.terminate()
        process.wait(10)


def main():
    ctxtop, rotel, folder = sys.argv[1:]
    bodies = [path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.pb"))]
    size = sum(map(len, bodies)) >> 20
    times = {"ctxtop": [], "rotel": []}
    for _ in range(5):
        port = free_port()
        times["ctxtop"].append(cost([ctxtop, "listen", "--otlp", f"127.0.0.1:{port}"], port, bodies))
        port = free_port()
        command = [rotel, "start", "--otlp-http-endpoint", f"127.0.0.1:{port}", "--exporter", "blackhole"]
        command += ["--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}"]
        times["rotel"].append(cost(command, port, bodies))
    ours, theirs = (statistics.median(times[name]) for name in ("ctxtop", "rotel"))
    print(f"{len(bodies)} OTLP requests of {size} MiB by HTTP: ctxtop listen {ours:.2f} s of processor time")
    print(f"  rotel, which only decodes: {theirs:.2f} s; ratio {theirs / ours:.2f} (no aim)")


main()
