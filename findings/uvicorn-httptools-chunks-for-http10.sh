#!/usr/bin/env bash
# uvicorn 0.54.0: whether an HTTP/1.0 health check can read a streamed answer depends on an optional package.
#
# Load balancers and older proxies ask for health with HTTP/1.0, which has no chunks; RFC 9112 section 6.1 forbids a
# server to send them. With h11 uvicorn sends the body as it is and closes. With httptools, which
# `uvicorn[standard]` installs and uvicorn then prefers, the same app's answer without a Content-Length comes in
# chunks: the body of a health check that is read as JSON begins with the length of the first chunk.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet "uvicorn==0.54.0" "httptools==0.9.0" "h11==0.16.0"
cat > app.py <<'PY'
async def app(scope, receive, send):
    if scope["type"] == "http":
        fields = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b'{"status":', "more_body": True})
        await send({"type": "http.response.body", "body": b' "ok"}'})
PY
cat > client.py <<'PY'
import json, socket, sys, time
for _ in range(200):
    try: connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20); break
    except OSError: time.sleep(0.1)
connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
answer = b""
while piece := connection.recv(65536): answer += piece
head, _, body = answer.partition(b"\r\n\r\n")
try: read = f"JSON {json.loads(body)}"
except ValueError: read = "not JSON"
print(f"  {read}; the body as an HTTP/1.0 client reads it: {body!r}", file=sys.stderr)
print("chunked" if b"transfer-encoding: chunked" in head.lower() and read == "not JSON" else "plain")
PY
env/bin/python -c 'from importlib.metadata import version as v; print("uvicorn", v("uvicorn"), "h11", v("h11"), "httptools", v("httptools"))'
declare -A seen
for parser in h11 httptools; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  env/bin/uvicorn app:app --http "$parser" --port "$port" --log-level error &
  server=$!
  echo "with $parser, a health answer without a Content-Length:" >&2
  seen[$parser]=$(env/bin/python client.py "$port")
  kill "$server"
  wait "$server" 2>/dev/null || true
done
echo "h11: ${seen[h11]}, httptools: ${seen[httptools]}"
[ "${seen[h11]}" = plain ] && [ "${seen[httptools]}" = chunked ]
