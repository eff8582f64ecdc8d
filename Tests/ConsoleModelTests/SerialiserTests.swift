@testable import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// The same events mean the same, whoever wrote the JSON.
@Suite struct SerialiserTests {
    /// A way to write JSON that RFC 8259 allows.
    struct Spelling: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var space = ""
        var isReversed = false
        /// The text of a string literal, without its quotes.
        var escape: @Sendable (String) -> String = { text in
            let literal = String(decoding: JSONValue.string(text).serialized, as: UTF8.self)
            return String(literal.dropFirst().dropLast())
        }

        func write(_ value: JSONValue) -> String {
            switch value {
            case .object(let object):
                let members = object.members.map { member in
                    "\"\(escape(member.name))\"\(space):\(space)\(write(member.value))"
                }
                return "{" + space
                    + (isReversed ? members.reversed() : members).joined(separator: "," + space)
                    + space + "}"
            case .array(let elements):
                return "[" + space + elements.map(write).joined(separator: space + "," + space) + space + "]"
            case .string(let text): return "\"" + escape(text) + "\""
            case .null, .bool, .integer, .number: return String(decoding: value.serialized, as: UTF8.self)
            }
        }

        /// Every character as `\uXXXX`, names of members too.
        private static func unicode(_ text: String) -> String {
            text.utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: true)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }

        static let all = [
            Spelling(testDescription: "a space after each comma and colon", space: " "),
            Spelling(testDescription: "members in reverse order", isReversed: true),
            Spelling(testDescription: "all text as \\u escapes", escape: { unicode($0) }),
            Spelling(
                testDescription: "escaped slashes",
                escape: { text in
                    let literal = String(decoding: JSONValue.string(text).serialized, as: UTF8.self)
                    return String(literal.dropFirst().dropLast()).replacing("/", with: "\\/")
                }),
            Spelling(testDescription: "repeated white space", space: " \t  \r "),
        ]
    }

    /// A life of two sessions, with every one of our payloads and every field that the console reads.
    private static let events: [JSONValue] = {
        func about(_ members: JSONObject) -> JSONValue { .object(members) }
        let ada: JSONObject = ["user": "ada", "session": "chats/1", "path": "http", "dispatcher": "d/1"]
        func event(
            _ type: EventType, _ number: Int64, _ fields: JSONObject, _ metadata: JSONObject,
            sequence: Int64? = nil
        ) -> JSONValue {
            var object: JSONObject = [
                "type": .string("\(type.wireName)"), "timestamp": .integer(1_800_000_000_000 + number * 100),
            ]
            for member in fields.members { object.append(member.name, member.value) }
            var metadata = metadata
            if let sequence { metadata["seq"] = .integer(sequence) }
            object["metadata"] = .object(metadata)
            return .object(object)
        }
        func custom(_ payload: some CustomPayload, _ number: Int64, _ metadata: JSONObject) -> JSONValue {
            let name = type(of: payload).eventName.rawValue
            return event(.custom, number, ["name": .string(name), "value": payload.json], metadata)
        }
        var run = ada
        run["run"] = "run/1"
        var start = run
        start["agent"] = "planner \"β\""
        var hidden = run
        hidden["bytes"] = 4096
        var move = DispatcherMove(
            id: "d/1", from: .executing, to: .idle, reason: "look up failed",
            ended: .init(tool: "look up", succeeded: false))
        move.pattern = .factory
        move.owners = ["ada"]
        var path = PathRecord(path: ConsumerPath(rawValue: "http"))
        path.evidence = [EvidenceRecord(Evidence(.toolClasses, "4", source: "app.state"), at: nil)]
        return [
            custom(SessionChange(.opened, state: .idle), 0, ada),
            custom(path, 1, ["path": "http"]),
            custom(CreationReport(path: path.path, status: .ok, dispatcher: "d/1"), 2, ada),
            custom(CreationReport(path: path.path, status: .error, error: "no \"bridge\""), 3, ada),
            event(.runStarted, 4, ["threadId": "chats/1", "runId": "run/1"], start, sequence: 0),
            event(
                .toolCallStart, 5, ["toolCallId": "call/1", "toolCallName": "look up"], run, sequence: 1),
            event(.toolCallArgs, 6, ["toolCallId": "call/1", "delta": ""], hidden, sequence: 2),
            event(
                .toolCallArgs, 7, ["toolCallId": "call/1", "delta": "{\"city\": \"Köln\"}\n"], run,
                sequence: 3),
            event(.toolCallEnd, 8, ["toolCallId": "call/1"], run, sequence: 4),
            event(
                .toolCallResult, 9, ["toolCallId": "call/1", "content": "Error: no /route"], run, sequence: 5),
            custom(move, 10, ada),
            event(
                .runFinished, 11, ["outcome": ["type": "interrupt", "interrupts": [["id": "i/1"]]]], run,
                sequence: 6),
            event(
                .runStarted, 12, ["threadId": "chats/2", "runId": "run/2"], ["user": "bob", "agent": "a"],
                sequence: 0),
            event(
                .runFinished, 13,
                ["runId": "run/2", "threadId": "chats/2", "outcome": ["pendingToolCallIds": ["call/2"]]],
                ["user": "bob"], sequence: 1),
            event(.runStarted, 14, ["threadId": "chats/3", "runId": "run/3"], ["user": "cy"], sequence: 0),
            event(
                .runFinished, 15, ["runId": "run/3", "threadId": "chats/3", "outcome": "cancelled"],
                ["user": "cy"], sequence: 1),
            custom(StreamGap(lost: 7, after: "boot-1", next: "boot-9"), 16, [:]),
            custom(SessionChange(.closed, state: .ended, reason: "4429 / too many"), 17, ada),
        ]
    }()

    private static func state(_ spelling: Spelling) -> ConsoleState {
        var story = Story()
        for event in events { story.lines(spelling.write(event)) }
        _ = story.store.send(.tick(story.now + .seconds(60)))
        return story.state
    }

    /// What the console shows of an event, but for the line itself.
    private static func words(_ row: EventRow) -> [String] {
        [
            row.timeText, row.user, row.session, "\(row.path, default: "")", row.word, "\(row.record.marks)",
            "\(row.record.sequenceOrMinusOne)", "\(row.record.type)", "\(row.record.run)",
            "\(row.record.dispatcher)", "\(row.record.name)",
        ]
    }

    @Test(arguments: Spelling.all) func everySpellingGivesTheSameState(_ spelling: Spelling) {
        let plain = Self.state(Spelling(testDescription: "compact"))
        let other = Self.state(spelling)
        #expect(other.backends == plain.backends)
        #expect(other.findings == plain.findings)
        #expect(other.symbols == plain.symbols)
        #expect(other.events.count == Self.events.count)
        for number in 0..<Self.events.count {
            #expect(other.eventRow(number).map(Self.words) == plain.eventRow(number).map(Self.words))
            #expect(other.eventRow(number)?.detail == plain.eventRow(number)?.detail)
        }
    }

    @Test func theFieldsOfTheEventsAreRead() throws {
        let backend = Self.state(Spelling(testDescription: "compact")).backends[0]
        #expect(backend.reception.counters.decodeErrors == 0)
        #expect(backend.reception.counters.eventsDropped == 7)
        #expect(backend.runs.values.map(\.agent) == ["planner \"β\"", "a", nil])
        #expect(backend.runs.values.map(\.state) == [.completed, .completed, .cancelled])
        #expect(backend.memory.tools["look up"]?.count == 2)
        #expect(backend.memory.tools["look up"]?.failures(ofNewest: 2) == 2)
        #expect(backend.sessions.values.map(\.state) == [.ended, .waiting, .idle])
    }
}
