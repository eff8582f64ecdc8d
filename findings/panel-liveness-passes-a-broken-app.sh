#!/usr/bin/env bash
# panel 1.9.4: `/liveness?endpoint=/APP` says true of an app whose script raises at its first line.
#
# `panel serve --liveness` adds a route that, by its source, creates the app's document and answers 500 with "could not
# be served" where the app raises. It never gets that far: the document is created by a handler that catches what the
# script raises, logs it and continues with an empty page. The route answers 200 with `{"/broken": true}`, and an
# orchestrator keeps a server alive of which no page works. Only its log says so.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null && wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "panel==1.9.4" "bokeh==3.9.2" httpx
echo 'import panel as pn; pn.pane.Markdown("hello").servable()' > whole.py
echo 'raise ValueError("the store is gone")' > broken.py
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env/bin/panel serve whole.py broken.py --address 127.0.0.1 --port "$port" --liveness > server.log 2>&1 &
server=$!
cat > client.py <<'PY'
import sys, time, httpx
from importlib.metadata import version
http = httpx.Client(base_url=sys.argv[1], timeout=60)
for _ in range(600):
    try: http.get("/liveness").raise_for_status(); break
    except httpx.HTTPError: time.sleep(0.1)
print("panel", version("panel"), "bokeh", version("bokeh"))

def errors(): return open("server.log").read().count("ValueError: the store is gone")

seen = {}
for app in ["/whole", "/broken", "/none"]:
    before = errors()
    answer = http.get("/liveness", params={"endpoint": app})
    time.sleep(1)
    seen[app] = answer.status_code, answer.text if answer.status_code == 200 else "", errors() > before
    print(f"  liveness of {app:8}  HTTP {seen[app][0]}  {seen[app][1]:18} raised in the log: {seen[app][2]}")
sys.exit(0 if seen == {"/whole": (200, '{"/whole": true}', False), "/broken": (200, '{"/broken": true}', True),
                       "/none": (400, "", False)} else 1)
PY
env/bin/python client.py "http://127.0.0.1:$port"
