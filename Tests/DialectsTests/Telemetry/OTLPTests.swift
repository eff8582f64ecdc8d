import Testing
import WireProtocol

@testable import Dialects

@Suite struct OTLPTests {
    @Test func readsASpanOfProtobuf() throws {
        let span = try #require(try OTLPProtobuf.read(ProtobufBytes.traceRequest, .traces).spans.first)
        #expect(span.traceID == String(repeating: "ab", count: 16))
        #expect(span.spanID == String(repeating: "cd", count: 8))
        #expect(span.parentID.isEmpty)
        #expect(span.hasRemoteParent)
        #expect(span.resource.service == "shop")
        #expect(span.resource.version == "2")
        #expect(span.scope == "scope")
        #expect(span.start == Timestamp(milliseconds: 1_795_441_770_286))
        #expect(span.end == Timestamp(milliseconds: 1_795_441_770_292))
        #expect(span.attributes["n"] == .integer(7))
        #expect((span.status, span.statusMessage) == (.error, "boom"))
        let meaning = span.meaning
        #expect(
            (meaning.kind, meaning.tool, meaning.session, meaning.user) == (.tool, "disk", "thread-1", "ada"))
        #expect(meaning.outcome == .failed("boom"))
    }

    @Test func readsTheSameSpanOfJSON() throws {
        let json = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},\
            {"key":"service.version","value":{"stringValue":"2"}}]},"scopeSpans":[{"scope":{"name":"scope"},"spans":[\
            {"traceId":"ABABABABABABABABABABABABABABABAB","spanId":"cdcdcdcdcdcdcdcd","flags":768,\
            "name":"execute_tool disk","startTimeUnixNano":"1795441770286000000","endTimeUnixNano":1795441770292000000,\
            "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},\
            {"key":"gen_ai.tool.name","value":{"stringValue":"disk"}},\
            {"key":"gen_ai.conversation.id","value":{"stringValue":"thread-1"}},\
            {"key":"user.id","value":{"stringValue":"ada"}},{"key":"n","value":{"intValue":"7"}}],\
            "status":{"message":"boom","code":2}}]}]}]}
            """
        let read = try OTLPJSON.read(Array(json.utf8), .traces)
        #expect(read == (try OTLPProtobuf.read(ProtobufBytes.traceRequest, .traces)))
        let named = json.replacing("\"code\":2", with: "\"code\":\"STATUS_CODE_ERROR\"")
        #expect(try OTLPJSON.read(Array(named.utf8), .traces) == read)
    }

    @Test func readsLogsAndMetricsInBothEncodings() throws {
        let log = ProtobufBytes.bytes(
            1,
            ProtobufBytes.bytes(
                2,
                ProtobufBytes.bytes(
                    2,
                    ProtobufBytes.fixed64(11, 5_000_000) + ProtobufBytes.varint(2, 17)
                        + ProtobufBytes.bytes(5, ProtobufBytes.text(1, "broken")))))
        let read = try #require(try OTLPProtobuf.read(log, .logs).logs.first)
        #expect((read.time.milliseconds, read.severity, read.body) == (5, 17, "broken"))
        let json = """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"observedTimeUnixNano":"5000000","severityNumber":17,\
            "body":{"stringValue":"broken"}},7]}]}]}
            """
        let batch = try OTLPJSON.read(Array(json.utf8), .logs)
        #expect(batch.logs == [read])
        #expect(batch.refused == 1)
        let histogram = ProtobufBytes.bytes(
            9,
            ProtobufBytes.attribute(9, "k", "v") + ProtobufBytes.fixed64(4, 3)
                + ProtobufBytes.fixed64(5, (1.5).bitPattern))
        let metric = ProtobufBytes.bytes(
            1,
            ProtobufBytes.bytes(
                2,
                ProtobufBytes.bytes(
                    2,
                    ProtobufBytes.text(1, "gen_ai.d") + ProtobufBytes.text(3, "s")
                        + ProtobufBytes.bytes(9, ProtobufBytes.bytes(1, Array(histogram.dropFirst(2)))))))
        let point = try #require(try OTLPProtobuf.read(metric, .metrics).metrics.first)
        #expect((point.name, point.unit, point.value, point.count) == ("gen_ai.d", "s", 1.5, 3))
        #expect(point.attributes == ["k": "v"])
    }

    @Test(arguments: [
        [0x0A], [0x0A, 0x05, 0x01], [0x08],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x0B], [0x0F], [0x00, 0x00], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x0D, 1, 2],
    ]) func whatIsNoProtobufIsRefused(_ bytes: [UInt8]) {
        #expect(throws: TelemetryError.self) { try OTLPProtobuf.read(bytes, .traces) }
    }

    @Test func aRequestCutAtAnyByteIsReadOrRefused() throws {
        let whole = ProtobufBytes.traceRequest
        for count in whole.indices {
            for signal in TelemetrySignal.allCases {
                _ = try? OTLPProtobuf.read(Array(whole[..<count]), signal)
            }
            if count > 0 {
                #expect(throws: TelemetryError.self) {
                    try OTLPProtobuf.read(Array(whole[..<count]), .traces)
                }
            }
        }
    }

    /// A request with these spans.
    private static func request(_ spans: [[UInt8]]) -> [UInt8] {
        ProtobufBytes.bytes(
            1, ProtobufBytes.bytes(2, spans.flatMap { ProtobufBytes.bytes(2, ProtobufBytes.ids + $0) }))
    }

    /// An attribute of a span with a value inside lists, as deep as told.
    private static func nested(_ depth: Int) -> [UInt8] {
        var value = ProtobufBytes.text(1, "x")
        for _ in 0..<depth { value = ProtobufBytes.bytes(5, ProtobufBytes.bytes(1, value)) }
        return ProtobufBytes.bytes(9, ProtobufBytes.text(1, "k") + ProtobufBytes.bytes(2, value))
    }

    private static let good = ProtobufBytes.text(5, "good")

    @Test(
        arguments: [
            (ProtobufBytes.bytes(5, [0xFF]), "the protobuf has a text that is no UTF-8"),
            ([0x0F], "the protobuf is malformed"),
        ] as [([UInt8], String)])
    func aSpanThatCannotBeReadIsLeftOutAlone(_ bad: [UInt8], _ reason: String) throws {
        let batch = try OTLPProtobuf.read(Self.request([Self.good, bad, bad, Self.good]), .traces)
        #expect(batch.spans.map(\.name) == ["good", "good"])
        #expect((batch.refused, batch.reason) == (2, reason))
        // The sender is told as much: partial_success, rejected_spans and error_message.
        let told = ProtobufBytes.bytes(1, ProtobufBytes.varint(1, 2) + ProtobufBytes.text(2, reason))
        #expect(OTLPAnswer.accepted(batch, .traces, isJSON: false) == told)
    }

    @Test(arguments: [32, 2_000]) func anAttributeThatIsNestedTooDeepIsLeftOut(_ depth: Int) throws {
        let batch = try OTLPProtobuf.read(Self.request([Self.good + Self.nested(depth)]), .traces)
        #expect((batch.spans.map(\.name), batch.refused, batch.attributesLeftOut) == (["good"], 0, 1))
        #expect(batch.attributeReason == "an attribute: the protobuf is nested too deep")
    }

    @Test func whatIsJustWithinTheLimitsIsRead() throws {
        let attributes = (0..<1_000).flatMap { ProtobufBytes.attribute(9, "\($0)", "v") }
        let long = ProtobufBytes.attribute(9, "k", String(repeating: "x", count: (1 << 20) - 20))
        let batch = try OTLPProtobuf.read(Self.request([Self.nested(31), attributes, long]), .traces)
        #expect((batch.spans.count, batch.refused) == (3, 0))
        #expect(batch.spans[1].attributes.count == 1_000)
    }

    @Test func aRequestOfMillionsOfEmptyRecordsCostsNoMoreThanTheLimit() throws {
        let bytes = [UInt8]((0..<4_000_000).lazy.flatMap { _ in [0x12, 0] as [UInt8] })
        let batch = try OTLPProtobuf.read(ProtobufBytes.bytes(1, ProtobufBytes.bytes(2, bytes)), .logs)
        #expect((batch.logs.count, batch.refused) == (50_000, 3_950_000))
        #expect(batch.reason == "more than 50000 elements in one request")
    }

    @Test func listsOfPairsAreReadInBothEncodings() throws {
        let pairs = ProtobufBytes.bytes(6, ProtobufBytes.attribute(1, "city", "Oslo"))
        let span = ProtobufBytes.bytes(9, ProtobufBytes.text(1, "args") + ProtobufBytes.bytes(2, pairs))
        let json = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"abababababababababababababababab","spanId":"cdcdcdcdcdcdcdcd",\
            "attributes":[{"key":"args","value":{"kvlistValue":\
            {"values":[{"key":"city","value":{"stringValue":"Oslo"}}]}}}]}]}]}]}
            """
        let read = try OTLPProtobuf.read(Self.request([span]), .traces)
        #expect(read.spans.first?.attributes == ["args": .object(["city": "Oslo"])])
        #expect(try OTLPJSON.read(Array(json.utf8), .traces) == read)
    }

    @Test(arguments: [
        (TelemetrySignal.traces, "resourceSpans", "scopeSpans", "spans", "rejectedSpans"),
        (.logs, "resourceLogs", "scopeLogs", "logRecords", "rejectedLogRecords"),
        (.metrics, "resourceMetrics", "scopeMetrics", "metrics", "rejectedDataPoints"),
    ]) func theSenderOfJSONIsToldWhatWasLeftOut(
        _ signal: TelemetrySignal, _ groups: String, _ scopes: String, _ elements: String, _ rejected: String
    ) throws {
        let json = "{\"\(groups)\":[{\"\(scopes)\":[{\"\(elements)\":[7]}]}]}"
        let answer = OTLPAnswer.accepted(try OTLPJSON.read(Array(json.utf8), signal), signal, isJSON: true)
        let told = try JSONParser.parse(answer)["partialSuccess"]
        #expect(told?[rejected]?.string == "1")
        #expect(told?["errorMessage"]?.string == "no OTLP JSON: an element is not an object")
    }

    @Test(arguments: ["", "[]", "7", "{\"resourceSpans\":", "null"]) func whatIsNoRequestIsRefused(
        _ text: String
    ) {
        #expect(throws: TelemetryError.self) { try OTLPJSON.read(Array(text.utf8), .traces) }
    }

    @Test(arguments: [
        "{}", "{\"resourceSpans\":null}", "{\"resourceSpans\":{}}", "{\"resourceSpans\":[1,\"x\",null,{}]}",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":\"-9223372036854775808\"}]}]}]}",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"endTimeUnixNano\":1e400,\"traceId\":\"!!\"}]}]}]}",
    ]) func oddJSONIsReadAsFarAsItGoes(_ text: String) throws {
        let batch = try OTLPJSON.read(Array(text.utf8), .traces)
        var reader = TelemetryReader()
        _ = reader.take(batch, at: Timestamp(milliseconds: 0))
        _ = reader.tell(at: Timestamp(milliseconds: 10_000))
    }

    @Test(.enabled(if: SharedFixtures.areHere, "the captures are not here"))
    func bothEncodingsOfACaptureTellTheSame() throws {
        let files = SharedFixtures.files(below: "fixtures/otlp/otlp-pydantic-ai").filter {
            $0.hasSuffix(".pb")
        }
        #expect(!files.isEmpty)
        for file in files {
            let signal: TelemetrySignal = file.contains("metrics") ? .metrics : .traces
            let protobuf = try OTLPProtobuf.read(SharedFixtures.bytes(file), signal)
            let json = try OTLPJSON.read(SharedFixtures.bytes(file.dropLast(3) + ".json"), signal)
            #expect(protobuf == json, "\(file)")
        }
    }
}

@Suite struct GzipTests {
    /// 31 letters a and a b, packed by zlib: one fixed block with a copy.
    private static let fixed: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0x4B, 0x4C, 0xC4, 0x0B, 0x92, 0x00, 0xCD, 0x46, 0xB8, 0x53, 0x20,
        0, 0, 0,
    ]

    /// The squares of 0 to 119 between spaces, packed by zlib at level 9: one block with codes of its own.
    private static let dynamic = """
        H4sIAAAAAAACAyWRyQHEMAgDW6EEcxhM/43tKPsyCQIGccytbM3b4lq21VqXPTc/xzx4q8iiWCRo4vK+tYxCTzW6Kt5XdmPtTluj\
        a97he/j/yC+6bfWl0A8d3Gnl6ulBc09NKY27mtsCaJEMRP5KDBDGEYWLOM5a5CmLOg4ZFdGKRv+esosuVZH0FzTkSb8sOqdm5DAt\
        H3NzIagDS4mqEr4qSKthrtG2WuMe9rmuhVMbk7Grne8oWv71IUuV4yYVfantoUs/+s25MoeKYabNZe4MBLOwPFn/Ar5XukXD/B70\
        qz1QEEGJm2y573y3klknvriODG4U2IzYXXXukYpLPnrLUn9yN/6XTnkeV/bH6BKx31G++2Td70C6Wq4OWN7+A2G7UT89AgAA
        """

    @Test func unpacksFixedAndDynamicBlocks() throws {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 31) + [UInt8(ascii: "b")]
        #expect(try Gzip.unpack(Self.fixed, limit: 100) == letters)
        let squares = (0..<120).map { "\($0 * $0)" }.joined(separator: " ")
        let packed = try #require(Base64.decode(Self.dynamic))
        #expect(String(decoding: try Gzip.unpack(packed, limit: 1000), as: UTF8.self) == squares)
        #expect(throws: TelemetryError.tooLarge(limit: 572)) { try Gzip.unpack(packed, limit: 572) }
    }

    @Test func severalMembersAreOneContent() throws {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 31) + [UInt8(ascii: "b")]
        #expect(try Gzip.unpack(Self.fixed + Self.fixed, limit: 64) == letters + letters)
        #expect(throws: TelemetryError.tooLarge(limit: 63)) {
            try Gzip.unpack(Self.fixed + Self.fixed, limit: 63)
        }
        #expect(throws: TelemetryError.gzip) { try Gzip.unpack(Self.fixed + [0], limit: 100) }
    }

    /// A stored block: what any compressor may write for what does not shrink.
    private static func stored(_ content: [UInt8], crc: UInt32) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 255] + Array("name".utf8) + [0, 1]
            + little(content.count, 2) + little(~content.count & 0xFFFF, 2) + content + little(Int(crc), 4)
            + little(content.count, 4)
    }

    @Test func unpacksAStoredBlockBehindAName() throws {
        // CRC-32 of "123456789", the check value of every catalogue of CRCs.
        let packed = Self.stored(Array("123456789".utf8), crc: 0xCBF4_3926)
        #expect(try Gzip.unpack(packed, limit: 9) == Array("123456789".utf8))
        #expect(throws: TelemetryError.tooLarge(limit: 8)) { try Gzip.unpack(packed, limit: 8) }
    }

    @Test func aWrongSumOrLengthIsRefused() {
        #expect(throws: TelemetryError.gzip) {
            try Gzip.unpack(Self.stored(Array("123456789".utf8), crc: 1), limit: 100)
        }
    }

    @Test func whatIsCutAnywhereIsRefused() {
        let packed = Self.stored(Array("123456789".utf8), crc: 0xCBF4_3926)
        for count in packed.indices {
            #expect(throws: TelemetryError.self) { try Gzip.unpack(Array(packed[..<count]), limit: 100) }
        }
    }

    @Test func noByteInTheBlockCanDoHarm() {
        for place in Self.fixed.indices {
            for byte in UInt8.min...UInt8.max {
                var packed = Self.fixed
                packed[place] = byte
                _ = try? Gzip.unpack(packed, limit: 1000)
            }
        }
    }
}
