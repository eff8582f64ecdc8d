import Testing
import WireProtocol

@testable import Dialects

/// The answer to one AG-UI run, as a proxy reads it.
@Suite struct RunStreamReaderTests {
    private static let now = Timestamp(milliseconds: 1_795_441_400_000)
    private static let start = "data: {\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\"}\n\n"

    private func read(_ text: String, _ ending: RunStreamReader.Ending = .complete) -> [Message] {
        var reader = RunStreamReader(path: "/agent", input: [], user: nil)
        return reader.feed(Array(text.utf8), at: Self.now) + reader.end(ending, at: Self.now)
    }

    @Test(arguments: ["", "\n", "\r", "\r\n", "\n\n", "\r\r"])
    func theEndOfTheBodyEndsTheLastEvent(_ tail: String) {
        let messages = read(Self.start + "data: {\"type\":\"RUN_FINISHED\"}" + tail)
        #expect(messages.eventJSON.map { $0["type"]?.string } == ["RUN_STARTED", "RUN_FINISHED"])
        #expect(messages.allSatisfy { if case .refused = $0 { false } else { true } })
    }

    @Test(
        arguments: [
            (.complete, "lost", "the server ended the answer"), (.broken, "lost", "the connection broke"),
            (.abandoned, "cancelled", "the client closed the connection"),
        ] as [(RunStreamReader.Ending, String, String)])
    func aRunWithoutAnEndEndsWithItsAnswer(
        _ ending: RunStreamReader.Ending, _ change: String, _ words: String
    ) {
        let messages = read(Self.start + "data: {\"type\":\"STEP_STARTED\"", ending)
        #expect(messages.eventJSON.last?["name"]?.string == "ctxtop.run")
        #expect(messages.eventJSON.last?["value"]?["change"]?.string == change)
        #expect(messages.eventJSON.last?["metadata"]?["run"]?.string == "r")
        let reason = "\(words) before RUN_FINISHED or RUN_ERROR"
        #expect(messages.last == .refused(what: "run r", reason: reason))
    }

    @Test func aBrokenConnectionDoesNotEndItsLastEvent() {
        let messages = read(Self.start + "data: {\"type\":\"RUN_FINISHED\"}", .broken)
        #expect(!messages.eventJSON.contains { $0["type"] == "RUN_FINISHED" })
    }

    @Test(
        arguments: [
            (nil, 1_795_441_400_000, true), ("1795441390000", 1_795_441_390_000, false),
            ("1795441390.5", 1_795_441_390_500, false), ("1795441390", 1_795_441_390_000, false),
            ("\"2026-11-23T13:03:10Z\"", 1_795_438_990_000, false), ("0", 1_795_441_400_000, true),
            ("1795449999000", 1_795_441_400_000, true), ("null", 1_795_441_400_000, true),
        ] as [(String?, Int64, Bool)])
    func anEventHasItsTimeOrThatOfItsArrival(_ sent: String?, _ read: Int64, _ isArrival: Bool) {
        let member = sent.map { ",\"timestamp\":\($0)" } ?? ""
        let messages = self.read("data: {\"type\":\"RUN_ERROR\"\(member)}\n\n")
        #expect(messages.eventJSON.map { $0["timestamp"]?.integer } == [read])
        #expect(messages.eventJSON.map { $0["metadata"]?["stamped"]?.bool ?? false } == [isArrival])
        #expect(messages.scanned.map(\.isStamped) == [isArrival])
    }

    @Test(arguments: ["run_started", "runStarted", "RunStarted", "Run-Started", "RUN_STARTED"])
    func otherSpellingsOfATypeAreRead(_ type: String) {
        let messages = read("data: {\"type\":\"\(type)\",\"thread_id\":\"t\",\"run_id\":\"r\"}\n\n")
        #expect(messages.scanned.first?.type == .runStarted)
        let event = messages.eventJSON.first
        #expect(event?["threadId"] == "t" && event?["metadata"]?["session"] == "t")
        #expect(event?["runId"] == "r" && event?["metadata"]?["run"] == "r")
    }

    @Test func otherSpellingsOfMembersAreRead() {
        let frame =
            "data: {\"type\":\"tool_call_start\",\"tool_call_id\":\"c\",\"tool_call_name\":\"sum\","
            + "\"parent_message_id\":\"m\",\"message_id\":\"old\",\"messageId\":\"new\",\"my_own\":1}\n\n"
        let event = read(frame).eventJSON.first
        #expect(event?["type"] == "TOOL_CALL_START" && event?["toolCallId"] == "c")
        #expect(event?["toolCallName"] == "sum" && event?["parentMessageId"] == "m")
        #expect(event?["messageId"] == "new" && event?["message_id"] == nil && event?["my_own"] == 1)
    }

    @Test func theEventFieldNamesTheTypeWhereTheDataDoesNot() {
        let messages = read("event: run_started\ndata: {\"threadId\":\"t\",\"runId\":\"r\"}\n\n")
        #expect(messages.scanned.first?.type == .runStarted)
    }

    @Test func anUnknownTypeStaysAsItIs() {
        let messages = read("data: {\"type\":\"agent_pondered\"}\n\n")
        #expect(messages.eventJSON.first?["type"] == "agent_pondered")
        #expect(messages.scanned.first?.type == .unrecognized)
    }
}

extension [Message] {
    /// The events as they were scanned.
    fileprivate var scanned: [ScannedEvent] {
        flatMap { message -> [ScannedEvent] in
            if case .events(let batch) = message { batch.events } else { [] }
        }
    }
}
