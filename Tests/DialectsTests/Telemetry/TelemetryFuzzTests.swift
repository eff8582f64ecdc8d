import Foundation
import Testing
import WireProtocol

@testable import Dialects

/// Requests that were mutated, and forests of spans in any shape and order: nothing traps, and nothing outlives its trace.
///
/// `CTXTOP_FUZZ=200000` sends that many requests instead of 20,000; the seed is that number, so that a failure repeats.
@Suite struct TelemetryFuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["CTXTOP_FUZZ"].flatMap { Int($0) } ?? 20_000
    private static let start = Timestamp(milliseconds: 1_795_441_770_000)

    @Test(arguments: [TelemetryMutator.Encoding.json, .protobuf])
    func mutatedRequestsLeaveNoGhost(_ encoding: TelemetryMutator.Encoding) {
        var mutator = TelemetryMutator(seed: UInt64(Self.rounds), encoding)
        var bench = GhostBench(at: Self.start)
        var read = 0
        for round in 0..<Self.rounds / 2 {
            let body = mutator.next()
            let batch =
                encoding == .json ? try? OTLPJSON.read(body, .traces) : try? OTLPProtobuf.read(body, .traces)
            if let batch {
                read += 1
                bench.take(batch)
            }
            if round % 500 == 499 { bench.expectNothingIsLeft() }
        }
        bench.expectNothingIsLeft()
        // Mutations that only break the encoding would prove nothing about the tree.
        #expect(read > Self.rounds / 20)
    }

    @Test func forestsOfAnyShapeLeaveNoGhost() {
        var generator = SeededGenerator(seed: UInt64(Self.rounds), "forests")
        var bench = GhostBench(at: Self.start)
        for round in 0..<Self.rounds / 2 {
            bench.take(Self.batch(round, &generator))
            if generator.next() % 8 == 0 { bench.wait(.seconds(Int64(generator.next() % 200))) }
            if round % 100 == 99 { bench.expectNothingIsLeft() }
        }
        bench.expectNothingIsLeft()
        #expect(bench.hasRuns)
    }

    /// Up to eight spans of a few traces, whose parents are any of their spans, themselves or none.
    private static func batch(_ round: Int, _ generator: inout SeededGenerator) -> TelemetryBatch {
        func any<Value>(_ values: [Value], _ generator: inout SeededGenerator) -> Value {
            values[Int(generator.next() % UInt64(values.count))]
        }
        var batch = TelemetryBatch()
        for _ in 0..<generator.next() % 8 {
            var span = TelemetrySpan()
            span.traceID = String(format: "%032x", round / 20 * 4 + Int(generator.next() % 3))
            span.spanID = String(format: "%016x", 1 + generator.next() % 12)
            span.parentID = any(["", String(format: "%016x", 1 + generator.next() % 14)], &generator)
            span.hasRemoteParent = generator.next() % 4 == 0
            span.isServed = generator.next() % 4 == 0
            let from = Int64(bitPattern: generator.next() % 600_000) - 300_000
            span.start = any([start + .milliseconds(from), Timestamp(milliseconds: from)], &generator)
            span.end = span.start + .milliseconds(Int64(generator.next() % 90_000) - 1_000)
            span.status = any([.ok, .unset, .unset, .error], &generator)
            let service = JSONValue.string(any(["desk", "harbour"], &generator))
            span.resource = TelemetryResource(["service.name": service])
            span.attributes["gen_ai.operation.name"] = any(
                [nil, "chat", "invoke_agent", "execute_tool", "invoke_workflow", "embeddings"], &generator)
            span.attributes["openinference.span.kind"] = any(
                [nil, nil, "AGENT", "CHAIN", "TOOL", "LLM"], &generator)
            span.attributes["gen_ai.agent.name"] = any([nil, "pilot", "tug"], &generator)
            span.attributes["gen_ai.tool.name"] = any([nil, "tides"], &generator)
            span.attributes["gen_ai.conversation.id"] = any([nil, nil, "quay-1", "quay-2"], &generator)
            span.attributes["user.id"] = any([nil, nil, "ada", "ben"], &generator)
            span.attributes["logfire.span_type"] = any([nil, nil, nil, "pending_span"], &generator)
            span.name = any(["step", "chat", "invoke_agent pilot", "GET /"], &generator)
            batch.spans.append(span)
        }
        return batch
    }
}

/// A reader, and what of its runs and sessions has begun and not ended.
private struct GhostBench {
    private var reader = TelemetryReader()
    private var now: Timestamp
    private var runs: Set<String> = []
    private var sessions: Set<String> = []
    private(set) var hasRuns = false

    init(at now: Timestamp) { self.now = now }

    mutating func take(_ batch: TelemetryBatch) {
        now = now + .milliseconds(10)
        note(reader.take(batch, at: now))
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        note(reader.tell(at: now))
    }

    /// After the quiet time no run is open, and half an hour later no session is.
    mutating func expectNothingIsLeft() {
        wait(TraceTree.quietTime + .seconds(1))
        #expect(runs.isEmpty)
        wait(.seconds(1801))
        #expect(sessions.isEmpty)
    }

    private mutating func note(_ messages: [Message]) {
        for line in messages.eventJSON {
            let (run, session) = (line["metadata"]?["run"]?.string, line["metadata"]?["session"]?.string)
            let change = line["value"]?["change"]?.string
            if let session {
                let isClosed = line["name"]?.string == "ctxtop.session" && change == "closed"
                if isClosed { sessions.remove(session) } else { sessions.insert(session) }
            }
            guard let run else { continue }
            hasRuns = true
            switch line["type"]?.string {
            case "RUN_FINISHED", "RUN_ERROR": runs.remove(run)
            case "CUSTOM" where line["name"]?.string == "ctxtop.run":
                if change == "lost" { runs.remove(run) } else { runs.insert(run) }
            case "RUN_STARTED": runs.insert(run)
            default: break
            }
        }
    }
}
