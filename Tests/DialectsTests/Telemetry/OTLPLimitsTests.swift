import Testing
import WireProtocol

@testable import Dialects

/// Limits, times, events and old names, in both encodings.
@Suite struct OTLPLimitsTests {
    private static func protobuf(_ span: [UInt8]) throws -> TelemetryBatch {
        try OTLPProtobuf.read(
            ProtobufBytes.bytes(1, ProtobufBytes.bytes(2, ProtobufBytes.bytes(2, ProtobufBytes.ids + span))),
            .traces)
    }

    /// Reads a span of these members, with ids.
    private static func json(_ members: String) throws -> TelemetryBatch {
        let ids = "\"traceId\":\"\(String(repeating: "ab", count: 16))\",\"spanId\":\"cdcdcdcdcdcdcdcd\""
        let span = "{\(ids),\(members.dropFirst())"
        return try OTLPJSON.read(
            Array("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(span)]}]}]}".utf8), .traces)
    }

    @Test func aSpanWithoutIdsIsRefused() throws {
        let bytes = ProtobufBytes.bytes(
            1, ProtobufBytes.bytes(2, ProtobufBytes.bytes(2, ProtobufBytes.text(5, "n"))))
        let text =
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"n\",\"traceId\":\"odd\"}]}]}]}"
        for batch in try [OTLPProtobuf.read(bytes, .traces), OTLPJSON.read(Array(text.utf8), .traces)] {
            #expect((batch.spans.count, batch.refused) == (0, 1))
            #expect(batch.reason == "a span has no trace id or no span id")
        }
    }

    private static func pair(_ key: String, _ value: String) -> String {
        "{\"key\":\"\(key)\",\"value\":{\"stringValue\":\"\(value)\"}}"
    }

    @Test func whatIsBeyondTheLimitsIsLeftOutOfASpanThatIsKept() throws {
        let long = String(repeating: "x", count: (1 << 20) + 1)
        let names = (0..<1_002).map { "a\($0)" }
        let many = try [
            Self.protobuf(names.flatMap { ProtobufBytes.attribute(9, $0, "v") }),
            Self.json("{\"attributes\":[\(names.map { Self.pair($0, "v") }.joined(separator: ","))]}"),
        ]
        for batch in many {
            #expect((batch.spans.count, batch.refused) == (1, 0))
            #expect(batch.spans.first?.attributes.count == 1_000)
            #expect(
                (batch.attributesLeftOut, batch.attributeReason) == (
                    2, "more than 1000 attributes in one element"
                ))
        }
        let large = try [
            Self.protobuf(ProtobufBytes.attribute(9, "big", long) + ProtobufBytes.attribute(9, "small", "v")),
            Self.json("{\"attributes\":[\(Self.pair("big", long)),\(Self.pair("small", "v"))]}"),
        ]
        for batch in large {
            #expect(batch.spans.first?.attributes == ["small": "v"])
            #expect((batch.attributesLeftOut, batch.attributeReason) == (1, "an attribute above 1 MiB"))
        }
        // The sender is warned, with nothing rejected.
        let told = ProtobufBytes.bytes(1, ProtobufBytes.text(2, "left out: an attribute above 1 MiB"))
        #expect(OTLPAnswer.accepted(large[0], .traces, isJSON: false) == told)
    }

    @Test func anAttributeThatCannotBeReadIsLeftOutAlone() throws {
        let broken = ProtobufBytes.bytes(9, [0x0A, 9])
        let batch = try Self.protobuf(
            ProtobufBytes.text(5, "good") + broken + ProtobufBytes.attribute(9, "k", "v"))
        #expect((batch.spans.first?.name, batch.spans.first?.attributes) == ("good", ["k": "v"]))
        #expect((batch.refused, batch.attributeReason) == (0, "an attribute: the protobuf breaks off"))
    }

    @Test func theLastExceptionOfASpanIsKept() throws {
        func event(_ name: String, _ type: String) -> [UInt8] {
            ProtobufBytes.bytes(
                11,
                ProtobufBytes.fixed64(1, 7) + ProtobufBytes.text(2, name)
                    + ProtobufBytes.attribute(3, "exception.type", type)
                    + ProtobufBytes.attribute(3, "exception.message", "no disk"))
        }
        func told(_ name: String, _ type: String) -> String {
            "{\"name\":\"\(name)\",\"attributes\":[\(Self.pair("exception.type", type)),\(Self.pair("exception.message", "no disk"))]}"
        }
        let noise = String(repeating: "," + told("log", "Z"), count: 127)
        let kept = try [
            Self.protobuf(event("exception", "First") + event("exception", "OSError") + event("log", "Z")),
            Self.json("{\"events\":[\(told("exception", "First")),\(told("exception", "OSError"))\(noise)]}"),
        ]
        for batch in kept {
            #expect(batch.spans.first?.exception == TelemetryException(type: "OSError", message: "no disk"))
        }
        let beyond = try Self.json("{\"events\":[\(told("exception", "OSError"))\(noise),{},7]}")
        #expect(beyond.spans.first?.exception == nil)
        #expect(try Self.protobuf(ProtobufBytes.bytes(11, [0x0F])).spans.first?.exception == nil)
        let long = TelemetryException(type: nil, message: String(repeating: "x", count: 5_000))
        #expect((long.type, long.message.count) == ("", 1_000))
    }

    @Test func anAgentThatStopsForAPersonWaits() throws {
        func choice(_ reason: String) -> [UInt8] {
            ProtobufBytes.bytes(
                11,
                ProtobufBytes.text(2, "gen_ai.choice") + ProtobufBytes.attribute(3, "finish_reason", reason))
        }
        func told(_ reason: String) -> String {
            "{\"name\":\"gen_ai.choice\",\"attributes\":[\(Self.pair("finish_reason", reason))]}"
        }
        let waiting = try [
            Self.protobuf(choice("tool_use") + choice("interrupt")),
            Self.json("{\"events\":[\(told("tool_use")),\(told("interrupt"))]}"),
        ]
        for batch in waiting { #expect(batch.spans.first?.meaning.outcome == .waiting) }
        let over = try Self.protobuf(choice("interrupt") + choice("end_turn"))
        #expect(over.spans.first?.meaning.outcome == .succeeded)
    }

    // MARK: Times

    @Test(
        arguments: [
            (1_795_441_770_286_000_000, 1_795_441_770_292_000_000, SpanTiming.asSent),
            (946_684_800_000_000_000, 7_258_118_400_000_000_000, .asSent),
            (946_684_799_999_999_999, 1_795_441_770_292_000_000, .arrival(.implausible)),
            (1_795_441_770_286_000_000, 7_258_118_401_000_000_000, .arrival(.implausible)),
            (0, 1_795_441_770_292_000_000, .arrival(.absent)),
            (1_795_441_770_286_000_000, 0, .arrival(.absent)),
            (1_795_441_770, 1_795_441_771, .arrival(.seconds)),
            (1_795_441_770_286, 1_795_441_770_292, .arrival(.milliseconds)),
            (1_795_441_770_286_000, 1_795_441_770_292_000, .arrival(.microseconds)),
            (12, 13, .arrival(.implausible)), (UInt64.max, UInt64.max, .arrival(.implausible)),
            (
                1_795_441_770_292_000_000, 1_795_441_770_286_000_000,
                .endBeforeStart(end: Timestamp(milliseconds: 1_795_441_770_286))
            ),
        ] as [(UInt64, UInt64, SpanTiming)]) func timesAreJudgedByTheirSize(
            _ start: UInt64, _ end: UInt64, _ timing: SpanTiming
        ) throws
    {
        let bytes = ProtobufBytes.fixed64(7, start) + ProtobufBytes.fixed64(8, end)
        let spans = try [
            Self.protobuf(bytes).spans,
            Self.json("{\"startTimeUnixNano\":\"\(start)\",\"endTimeUnixNano\":\"\(end)\"}").spans,
        ]
        for span in spans.compactMap(\.first) {
            #expect(span.timing == timing)
            #expect(span.start == Timestamp(milliseconds: Int64(start / 1_000_000)))
            if case .endBeforeStart = timing { #expect(span.end == span.start) }
        }
        #expect(spans.map(\.count) == [1, 1])
    }

    // MARK: Names of JSON

    private static let snake = """
        {"resource_spans":[{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"shop"}}]},\
        "scope_spans":[{"scope":{"name":"s"},"spans":[{"trace_id":"0af7651916cd43dd8448eb211c80319c",\
        "span_id":"b7ad6b7169203331","parent_span_id":"00f067aa0ba902b7","name":"n",\
        "start_time_unix_nano":"1795441770286000000","end_time_unix_nano":"1795441770292000000",\
        "attributes":[{"key":"i","value":{"int_value":"7"}},{"key":"l","value":{"array_value":{"values":\
        [{"bool_value":true},{"double_value":0.5}]}}},{"key":"o","value":{"kvlist_value":{"values":\
        [{"key":"a","value":{"string_value":"b"}}]}}}],"status":{"code":2,"message":"m"}}]}]}]}
        """

    @Test(arguments: ["scope_spans", "instrumentation_library_spans"]) func namesInSnakeCaseAreRead(
        _ list: String
    ) throws {
        let text = Self.snake.replacing("scope_spans", with: list)
            .replacing(
                "\"scope\":", with: list == "scope_spans" ? "\"scope\":" : "\"instrumentation_library\":")
        let span = try #require(try OTLPJSON.read(Array(text.utf8), .traces).spans.first)
        #expect(span.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect((span.spanID, span.parentID) == ("b7ad6b7169203331", "00f067aa0ba902b7"))
        #expect((span.name, span.scope, span.resource.service) == ("n", "s", "shop"))
        #expect((span.timing, span.end) == (.asSent, Timestamp(milliseconds: 1_795_441_770_292)))
        #expect(span.attributes == ["i": 7, "l": [true, 0.5], "o": ["a": "b"]])
        #expect((span.status, span.statusMessage) == (.error, "m"))
    }

    @Test func listsOfOldVersionsAreRead() throws {
        let old = """
            {"resourceSpans":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"s"},\
            "spans":[{"traceId":"abababababababababababababababab","spanId":"cdcdcdcdcdcdcdcd","name":"n"}]}]}]}
            """
        let span = ProtobufBytes.bytes(2, ProtobufBytes.ids + ProtobufBytes.text(5, "n"))
        let group = ProtobufBytes.bytes(1000, ProtobufBytes.bytes(1, ProtobufBytes.text(1, "s")) + span)
        let batches = try [
            OTLPJSON.read(Array(old.utf8), .traces),
            OTLPProtobuf.read(ProtobufBytes.bytes(1, group), .traces),
        ]
        for batch in batches { #expect(batch.spans.map { [$0.name, $0.scope] } == [["n", "s"]]) }
    }

    @Test(arguments: [
        (
            #"{"resourceSpans":[{"resource":{},"librarySpans":[]}]}"#,
            "no OTLP JSON: librarySpans where scopeSpans belongs"
        ),
        (
            #"{"resourceSpans":[{"scopeSpans":[{"scope":{},"Spans":[]}]}]}"#,
            "no OTLP JSON: Spans where spans belongs"
        ),
    ]) func listsOfOtherNamesAreRefusedInWords(_ text: String, _ words: String) throws {
        let batch = try OTLPJSON.read(Array(text.utf8), .traces)
        #expect((batch.refused, batch.reason) == (1, words))
    }

    @Test func logsAndMetricsInSnakeCaseAreRead() throws {
        let logs = """
            {"resource_logs":[{"scope_logs":[{"log_records":[{"time_unix_nano":"5000000","severity_number":17,\
            "body":{"string_value":"broken"},"trace_id":"0af7651916cd43dd8448eb211c80319c","event_name":"e"}]}]}]}
            """
        let log = try #require(try OTLPJSON.read(Array(logs.utf8), .logs).logs.first)
        #expect((log.time.milliseconds, log.severity, log.body, log.name) == (5, 17, "broken", "e"))
        let metrics = """
            {"resource_metrics":[{"scope_metrics":[{"metrics":[{"name":"m","sum":{"data_points":[{"as_int":"4"}]}}]}]}]}
            """
        #expect(try OTLPJSON.read(Array(metrics.utf8), .metrics).metrics.first?.value == 4)
    }
}
