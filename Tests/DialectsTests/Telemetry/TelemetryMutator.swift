import Foundation
import WireProtocol

/// Requests of one trace each, changed at random: bytes, pieces, numbers, ids.
struct TelemetryMutator {
    enum Encoding: Sendable { case json, protobuf }

    private let corpus: [[UInt8]]
    private var generator: SeededGenerator

    init(seed: UInt64, _ encoding: Encoding) {
        generator = SeededGenerator(seed: seed, "\(encoding)")
        corpus = Shape.allCases.map { encoding == .json ? Self.json($0.spans) : Self.protobuf($0.spans) }
    }

    /// The next request; one of eight is as it was.
    mutating func next() -> [UInt8] {
        var bytes = corpus[number(below: corpus.count)]
        for _ in 0..<number(below: 8) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard bytes.count > 8 else {
            bytes += corpus[0]
            return
        }
        let place = number(below: bytes.count)
        let end = min(bytes.count, place + 1 + number(below: 40))
        switch number(below: 7) {
        case 0: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 1: bytes[place] = [0, 0x20, 0x22, 0x7F, 0x80, 0xFF][number(below: 6)]
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: number(below: bytes.count))
        case 4: bytes.removeLast(number(below: bytes.count / 4))
        case 5:
            let other = corpus[number(below: corpus.count)]
            bytes.replaceSubrange(place..<end, with: other.dropFirst(place).prefix(end - place))
        default:
            // A digit for a digit keeps the encoding whole and moves ids, times and lengths.
            if (0x30...0x39).contains(bytes[place]) { bytes[place] = UInt8(0x30 + number(below: 10)) }
        }
    }

    private mutating func number(below limit: Int) -> Int { Int(generator.next() % UInt64(max(1, limit))) }

    // MARK: Corpus

    private struct Span {
        var id: UInt64
        var parent: UInt64 = 0
        var attributes: [String: String]
    }

    private enum Shape: CaseIterable {
        case run, inner, handoff, calls

        var spans: [Span] {
            let agent = [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "pilot", "user.id": "ada",
            ]
            let inner = ["openinference.span.kind": "AGENT", "session.id": "quay-2", "graph.node.id": "tug"]
            let tool = ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "tides"]
            let model = ["gen_ai.operation.name": "chat", "gen_ai.conversation.id": "quay-1"]
            return switch self {
            case .run:
                [
                    Span(id: 3, parent: 1, attributes: model), Span(id: 4, parent: 1, attributes: tool),
                    Span(id: 1, attributes: agent),
                ]
            case .inner:
                [
                    Span(id: 7, parent: 6, attributes: model), Span(id: 6, parent: 5, attributes: inner),
                    Span(id: 5, parent: 2, attributes: tool), Span(id: 2, attributes: agent),
                ]
            case .handoff:
                [Span(id: 8, parent: 1, attributes: inner), Span(id: 9, parent: 1, attributes: agent)]
            case .calls: [Span(id: 10, attributes: model), Span(id: 11, parent: 10, attributes: tool)]
            }
        }
    }

    private static let trace = "00c2f7d14ab94b0e8a3355e1907d2c46"
    private static let nanoseconds: UInt64 = 1_795_441_770_000_000_000

    private static func json(_ spans: [Span]) -> [UInt8] {
        let texts = spans.map { span in
            let attributes = span.attributes.sorted { $0.key < $1.key }.map {
                #"{"key":"\#($0.key)","value":{"stringValue":"\#($0.value)"}}"#
            }
            return #"{"traceId":"\#(trace)","spanId":"\#(String(format: "%016x", span.id))","parentSpanId":"#
                + #""\#(span.parent == 0 ? "" : String(format: "%016x", span.parent))","name":"step","#
                + #""startTimeUnixNano":"\#(nanoseconds)","endTimeUnixNano":"\#(nanoseconds + 1_000_000 * span.id)","#
                + #""attributes":[\#(attributes.joined(separator: ","))],"status":{"code":1}}"#
        }
        let scope = #"{"scope":{"name":"desk"},"spans":[\#(texts.joined(separator: ","))]}"#
        return Array(#"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[\#(scope)]}]}"#.utf8)
    }

    private static func protobuf(_ spans: [Span]) -> [UInt8] {
        func id(_ number: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        }
        let trace = stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(Self.trace.dropFirst($0).prefix(2), radix: 16)
        }
        let messages = spans.map { span in
            let attributes = span.attributes.sorted { $0.key < $1.key }.flatMap {
                ProtobufBytes.attribute(9, $0.key, $0.value)
            }
            return ProtobufBytes.bytes(
                2,
                ProtobufBytes.bytes(1, trace) + ProtobufBytes.bytes(2, id(span.id))
                    + ProtobufBytes.bytes(4, span.parent == 0 ? [] : id(span.parent))
                    + ProtobufBytes.text(5, "step")
                    + ProtobufBytes.fixed64(7, nanoseconds)
                    + ProtobufBytes.fixed64(8, nanoseconds + 1_000_000 * span.id) + attributes)
        }
        return ProtobufBytes.bytes(
            1,
            ProtobufBytes.bytes(
                2, ProtobufBytes.bytes(1, ProtobufBytes.text(1, "desk")) + messages.flatMap { $0 }))
    }
}
