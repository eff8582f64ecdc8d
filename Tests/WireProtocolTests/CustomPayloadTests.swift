import Foundation
import Testing
import WireProtocol

@Suite struct CustomPayloadTests {
    /// One of each of our payloads with every member set; the Python exposer is held to the same file.
    private static let examples: [String] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Examples/custom-events.ndjson")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()

    /// The same of those that only a relay sends.
    private static let relayed = [
        #"{"name":"ctxtop.refused","value":{"what":"POST /","reason":"HTTP 404","count":2}}"#,
        #"{"name":"ctxtop.read","value":{"part":"events","address":"POST /","failure":"HTTP 404"}}"#,
    ]

    @Test func everyPayloadButThePathHasAnExample() throws {
        let names = try (Self.examples + Self.relayed).map {
            try JSONParser.parse(Array($0.utf8))["name"]?.string
        }
        #expect(names == CustomEventName.allCases.filter { $0 != .path }.map(\.rawValue))
    }

    @Test(arguments: examples + relayed) func everyMemberSurvivesTheWire(_ line: String) throws {
        let event = try JSONParser.parse(Array(line.utf8))
        let name = try #require(event["name"]?.string.flatMap { CustomEventName(rawValue: $0) })
        let value = try #require(event["value"]?.object)
        let json: JSONValue =
            switch try #require(CustomEvent(name, value)) {
            case .session(let payload): payload.json
            case .run(let payload): payload.json
            case .dispatcher(let payload): payload.json
            case .creation(let payload): payload.json
            case .path(let payload): payload.json
            case .gap(let payload): payload.json
            case .refused(let payload): payload.json
            case .read(let payload): payload.json
            }
        #expect(json == .object(value))
    }

    @Test(arguments: [
        (CustomEventName.dispatcher, "{}"), (.creation, "{\"status\":\"ok\"}"), (.path, "{}"),
        (.refused, "{}"), (.read, "{}"),
    ])
    func whatHasNoIdentityIsRefused(_ name: CustomEventName, _ text: String) throws {
        let value = try #require(try JSONParser.parse(Array(text.utf8)).object)
        #expect(CustomEvent(name, value) == nil)
    }

    @Test(arguments: [
        (
            #"{"id":"d","to":"idle","reason":"calculate failed"}"#,
            DispatcherMove.CallEnd(tool: "calculate", succeeded: false)
        ),
        (#"{"id":"d","to":"idle","reason":"calculate done"}"#, .init(tool: "calculate", succeeded: true)),
        (#"{"id":"d","to":"idle","reason":"calculate began"}"#, nil),
        (#"{"id":"d","to":"idle","reason":"it has failed"}"#, nil),
        (
            #"{"id":"d","to":"idle","reason":"any words","tool":"look up","succeeded":true}"#,
            .init(tool: "look up", succeeded: true)
        ),
        (#"{"id":"d","to":"idle","reason":"calculate failed","tool":"x"}"#, nil),
    ]) func theEndOfACallIsReadFromItsMembersElseFromOlderWords(
        _ text: String, _ expected: DispatcherMove.CallEnd?
    ) throws {
        let value = try #require(try JSONParser.parse(Array(text.utf8)).object)
        #expect(DispatcherMove(json: value)?.ended == expected)
    }

    @Test func aGapThatCountsBackwardsHasLostNothing() throws {
        let value = try #require(try JSONParser.parse(Array(#"{"lost":-3}"#.utf8)).object)
        #expect(StreamGap(json: value).lost == 0)
    }

    @Test func whatIsWrittenAsServerSentEventsIsReadBack() {
        var writer = SSEWriter()
        writer.comment("instance=web-1 boot=b")
        writer.retry(.milliseconds(1500))
        writer.event(Array("{\"a\":1}".utf8), id: "b-1")
        writer.event(Array("{}".utf8))
        var parser = SSEParser()
        let events = parser.feed(writer.bytes)
        #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == ["{\"a\":1}", "{}"])
        #expect(parser.lastEventID == "b-1")
        #expect(parser.takeComments().map { $0.trimmingPrefix(" ") } == ["instance=web-1 boot=b"])
    }
}
