"""Reads a backend as a console does: the merged event stream, and the snapshot every 30 s.

usage: watcher.py PORT
"""
import socket
import sys
import time

import load

port = int(sys.argv[1])
stream = socket.create_connection(("127.0.0.1", port))
stream.sendall(f"GET /monitor/v1/events HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
asked = 0.0
while stream.recv(1 << 18):
    if time.monotonic() - asked > 30:
        load.ask(port, "/monitor/v1/snapshot")
        asked = time.monotonic()
