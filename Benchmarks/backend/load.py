"""Users for the backend benchmark: raw sockets, so that the users cost less than the server."""
import asyncio
import json
import os
import struct
import time
import urllib.request

MASK = b"\x01\x02\x03\x04"


def frame(text):
    """One masked text frame (RFC 6455 section 5.2)."""
    data = text.encode()
    length = len(data)
    if length < 126:
        head = struct.pack("!BB", 0x81, 0x80 | length)
    else:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, length)
    return head + MASK + bytes(byte ^ MASK[index & 3] for index, byte in enumerate(data))


class Socket:
    """One WebSocket with one session of one user."""

    async def open(self, port, user):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.session = f"bench-{user}"
        self.writer.write(
            (
                f"GET /v1/ws HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Sec-WebSocket-Protocol: ag-ui.v1.json\r\nX-Ctxtop-User: {user}\r\n\r\n"
            ).encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        await self.ask("session.open", {"session": self.session}, b'"id":0')
        return self

    async def ask(self, method, parameters, until):
        """Sends a request and reads until the bytes `until` have come; the frames are not looked at."""
        request = {"jsonrpc": "2.0", "id": 0, "method": method, "params": parameters}
        self.writer.write(frame(json.dumps(request)))
        seen = b""
        while until not in seen:
            piece = await self.reader.read(1 << 16)
            if not piece:
                raise ConnectionError(f"closed while waiting for {until}")
            seen = seen[-64:] + piece

    async def run(self, prompt):
        """One run; how long it took, in milliseconds."""
        began = time.perf_counter()
        await self.ask("run.start", {"session": self.session, "prompt": prompt}, b'"RUN_FINISHED"')
        return (time.perf_counter() - began) * 1000

    async def stay(self):
        """Does nothing but answer pings, until it is cancelled or the server closes."""
        while piece := await self.reader.read(1 << 12):
            if piece[0] == 0x89:
                self.writer.write(b"\x8a\x80" + MASK)

    def close(self):
        self.writer.transport.abort()


async def open_many(port, count, name="u"):
    """That many sockets of as many users, fifty at a time."""
    sockets = []
    for start in range(0, count, 50):
        sockets += await asyncio.gather(
            *(Socket().open(port, f"{name}{index}") for index in range(start, min(count, start + 50)))
        )
    return sockets


def ask(port, path, body=None, user=None):
    """One request over a connection of its own; the answer's text."""
    headers = {"Content-Type": "application/json", **({"X-Ctxtop-User": user} if user else {})}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


async def keep_asking(port, path, count, connections=8):
    """`count` GET requests over kept connections."""
    async def one(share):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        for _ in range(share):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        writer.close()

    await asyncio.gather(*(one(count // connections) for _ in range(connections)))


def cpu(pid):
    """Seconds of processor time that a process has used (proc(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Resident bytes of a process."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
