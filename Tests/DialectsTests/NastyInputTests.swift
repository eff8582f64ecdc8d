import Testing
import WireProtocol

@testable import Dialects

/// Every decoder fed what a hostile or broken server may send: none may trap, hang or grow without bound.
@Suite(.timeLimit(.minutes(2))) struct NastyInputTests {
    private static let now = Timestamp(milliseconds: 1_795_441_400_000)

    /// Inputs made here, for machines where the shared corpus does not lie beside the project.
    static let made: [[UInt8]] = {
        let deep = { (open: String, close: String, count: Int) in
            Array((String(repeating: open, count: count) + String(repeating: close, count: count)).utf8)
        }
        let texts = [
            "", " ", "\u{0}", "null", "true", "-0", "1e999", "-1e999", "9223372036854775807",
            "9223372036854775808", "-9223372036854775809", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
            "{\"status\":\"ok\",\"status\":\"down\"}", "{\"status\":9223372036854775807}",
            "{\"status\":1e400}",
            "{\"\":{\"\":{\"\":[]}}}", "{\"checks\":{\"checks\":{\"checks\":{\"status\":\"ok\"}}}}",
            "{\"timestamp\":9223372036854775807,\"type\":\"agent_started\"}",
            "{\"timestamp\":-1e308,\"type\":\"agent_started\"}", "{\"timestamp\":\"\\ud800\",\"type\":\"\"}",
            "[{\"thread_id\":\"\\u0000\",\"updated_at\":\"9999-99-99T99:99:99Z\"}]",
            "{\"messages\":[[[[[]]]],{\"tool_calls\":{\"id\":7}},{\"tool_call_id\":null}]}",
            "{\"run_id\":null,\"status\":\"run_done\"}", "{\"detail\":{\"detail\":{\"detail\":\"x\"}}}",
            "# TYPE x\nx{a=\"\\\"}\"} NaN\nx +Inf 9223372036854775808\n{} 1\n x\n",
            "[+]\n[-] \n[+]a\n", String(repeating: "[+]a ok\n", count: 10_000),
        ]
        let bytes: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0x22, 0xFF, 0x22],
            [UInt8](repeating: 0, count: 1000), [UInt8](repeating: 0x5B, count: 1 << 20),
            deep("[", "]", 257), deep("[", "]", 256), deep("{\"checks\":", "}", 300),
            Array("{\"checks\":[".utf8) + [UInt8](repeating: 0x31, count: 200_000) + Array("]}".utf8),
        ]
        return texts.map { Array($0.utf8) } + bytes
    }()

    /// The other people's corpus: JSON parsing cases, UTF-8 stress, strings that break programs.
    static let shared: [[UInt8]] =
        SharedFixtures.areHere
        ? SharedFixtures.files(below: "suites").filter { !$0.hasSuffix("sse-vectors.json") }
            .map { SharedFixtures.bytes($0) } : []

    /// One input through every decoder there is.
    private func feed(_ bytes: [UInt8]) {
        let document = HealthAnswerDocument(status: 200, contentType: nil, body: bytes)
        #expect(HealthNormalizer.read(document).checks.count <= max(1, bytes.count))
        _ = Dialect.recognizing(document)
        for probe in Dialect.allProbes {
            var sighting = Sighting(path: "/health", health: document)
            sighting.probes[probe] = document
            _ = Dialect.recognizing(sighting)
        }
        for dialect in Dialect.all {
            guard var reader = dialect.reader?() else { continue }
            _ = reader.take(.health(HealthRecord(.pass), body: bytes), at: Self.now)
            for request in reader.requests {
                _ = reader.take(.frame(request, bytes), at: Self.now)
                for status in [200, 500] {
                    let answer = HealthAnswerDocument(status: status, contentType: nil, body: bytes)
                    _ = reader.take(.document(request, answer, took: .zero), at: Self.now)
                }
            }
        }
        var frames = NetraFrameReader()
        for event in frames.take(bytes, at: Self.now) { #expect(!event.line.isEmpty) }
        feedStreams(bytes)
        for signal in TelemetrySignal.allCases {
            var reader = TelemetryReader()
            for batch in [try? OTLPJSON.read(bytes, signal), try? OTLPProtobuf.read(bytes, signal)] {
                guard let batch else { continue }
                _ = reader.take(batch, at: Self.now)
            }
            _ = reader.tell(at: Self.now + .seconds(10))
        }
        _ = try? Gzip.unpack(bytes, limit: 1 << 16)
        _ = try? Gzip.unpack(
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bytes + [UInt8](repeating: 0, count: 8), limit: 1 << 16)
        #expect(PrometheusText.samples(bytes).count <= PrometheusText.maximumSamples)
    }

    private func feedStreams(_ bytes: [UInt8]) {
        let line = bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        let made = LangGraphThread(json: ["thread_id": "t"], at: Self.now)
        var parser = SSEParser()
        for mode in ["metadata", "tasks", "updates", "values", "messages", "error", "end", "odd"] {
            guard var thread = made else { continue }
            for event in parser.feed(Array("event: \(mode)\ndata: ".utf8) + line + [0x0A, 0x0A]) {
                _ = thread.take(event, at: Self.now)
            }
        }
        var tee = RunStreamReader(path: "/x", input: bytes, user: nil)
        _ = tee.feed(bytes, at: Self.now)
        _ = tee.feed(Array("data: ".utf8) + line + [0x0A, 0x0A], at: Self.now)
        _ = tee.end(.complete, at: Self.now)
    }

    @Test func noDecoderTrapsOnWhatIsMadeHere() { for bytes in Self.made { feed(bytes) } }

    @Test(.enabled(if: SharedFixtures.areHere, "the corpus is not here"))
    func noDecoderTrapsOnTheSharedCorpus() {
        #expect(Self.shared.count > 300)
        for bytes in Self.shared { feed(bytes) }
    }

    @Test func noDecoderTrapsOnASampleCutAtAnyByte() {
        let samples = [
            "{\"status\":\"warn\",\"checks\":{\"a:b\":[{\"status\":\"pass\",\"output\":\"\\ud83d\\ude00\"}]}}",
            "event: updates\nid: 1-0\ndata: {\"model\":{\"messages\":[{\"type\":\"ai\",\"tool_calls\":[{\"id\":\"c\"}]}]}}\n\n",
            "{\"type\":\"tool_executing\",\"data\":{\"tool\":\"t\"},\"timestamp\":1795442320.9}",
            "lg_api_workers_max{a=\"b\"} 4.0\n",
        ]
        for sample in samples.map({ Array($0.utf8) }) {
            for count in 0...sample.count { feed(Array(sample[..<count])) }
        }
    }

    @Test func noDecoderTrapsOnASampleWithAnyByteChanged() {
        let sample = ProtobufBytes.traceRequest
        for place in sample.indices {
            for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var changed = sample
                changed[place] = byte
                _ = try? OTLPProtobuf.read(changed, .traces)
            }
        }
    }
}
