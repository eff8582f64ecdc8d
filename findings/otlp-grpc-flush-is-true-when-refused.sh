#!/usr/bin/env bash
# opentelemetry-exporter-otlp-proto-grpc 1.45.2: a sender does not learn what was rejected or refused.
#
# A receiver may reject spans of a request that it accepts (`partial_success`), or refuse the request. A good guess
# is that `force_flush()` says so. It returns True for both, and for a rejection nothing is logged either: the
# answer's message is not looked at. RESOURCE_EXHAUSTED, which the OTLP specification calls retryable only with a
# RetryInfo, is sent again without one: a request that is too large is sent again until the timeout,
# and the spans after it wait for that. Only a receiver that shows what it rejects shows these losses.
# Exits 0 while this is so, and 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet "opentelemetry-sdk==1.45.2" "opentelemetry-exporter-otlp-proto-grpc==1.45.2"
cat > flush.py <<'PY'
import logging, sys
from concurrent import futures
from importlib.metadata import version
import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as services
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

class Receiver(services.TraceServiceServicer):
    refuses, calls = False, 0
    def Export(self, request, context):
        self.calls += 1
        if self.refuses: context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too large")
        answer = messages.ExportTraceServiceResponse()
        answer.partial_success.rejected_spans, answer.partial_success.error_message = 1, "odd ids"
        return answer

class Lines(logging.Handler):
    lines = []
    def emit(self, record): self.lines.append(record.levelname + " " + record.getMessage()[:90])

logging.getLogger().addHandler(Lines())
receiver, server = Receiver(), grpc.server(futures.ThreadPoolExecutor(2))
services.add_TraceServiceServicer_to_server(receiver, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}", insecure=True, timeout=5)
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))

print("opentelemetry-exporter-otlp-proto-grpc", version("opentelemetry-exporter-otlp-proto-grpc"))
seen = []
for receiver.refuses in (False, True):
    receiver.calls, Lines.lines = 0, []
    provider.get_tracer("agent").start_span("step").end()
    seen.append((provider.force_flush(), receiver.calls, len(Lines.lines)))
    print("refused " if receiver.refuses else "rejected", "force_flush:", seen[-1][0], " calls:", receiver.calls)
    for line in Lines.lines: print("   ", line)
server.stop(0)
(flushed, _, lines), (flushed_too, calls, _) = seen
sys.exit(0 if flushed and lines == 0 and flushed_too and calls > 1 else 1)
PY
env/bin/python flush.py
