#!/usr/bin/env bash
# logfire 5.4.0: every conversation has the same `session.id`, because the value is scrubbed for its name.
#
# OpenTelemetry's registry names a session `session.id`, and other instrumentations set it to the conversation.
# Logfire scrubs what looks like a secret, and "session" is one of its words: once it exports, the value of each
# `session.id` is the one text "[Scrubbed due to 'session']", also on spans of other libraries. `user.id` and
# `gen_ai.conversation.id` pass. A backend that groups by `session.id` sees one session of all users.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet "logfire==5.4.0"
cat > sessions.py <<'PY'
import sys
from importlib.metadata import version
import logfire
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

spans = InMemorySpanExporter()
logfire.configure(
    send_to_logfire=False, console=False, additional_span_processors=[SimpleSpanProcessor(spans)])
tracer = trace.get_tracer("another-library")
for user, conversation in (("mira", "ticket-1"), ("tomas", "ticket-2")):
    names = {"user.id": user, "session.id": conversation, "gen_ai.conversation.id": conversation}
    with tracer.start_as_current_span("agent", attributes=names): pass

print("logfire", version("logfire"))
seen = []
for span in spans.get_finished_spans():
    seen.append([span.attributes[name] for name in ("user.id", "session.id", "gen_ai.conversation.id")])
    print(" ", *seen[-1], sep="  ")
scrubbed = "[Scrubbed due to 'session']"
sys.exit(0 if seen == [["mira", scrubbed, "ticket-1"], ["tomas", scrubbed, "ticket-2"]] else 1)
PY
env/bin/python sessions.py
