import Testing
import WireProtocol

@testable import Dialects

/// What the frames of a passive stream are told as, and what is told when it breaks.
@Suite struct LangGraphStreamTests {
    private typealias Script = LangGraphScript

    private static let question = "{\"type\":\"human\",\"id\":\"h-1\",\"content\":\"where is it?\"}"
    private static func call(_ message: String, _ call: String) -> String {
        "{\"type\":\"ai\",\"id\":\"\(message)\",\"tool_calls\":[{\"name\":\"find_book\",\"id\":\"\(call)\"}]}"
    }
    private static func result(_ message: String, _ call: String) -> String {
        "{\"type\":\"tool\",\"id\":\"\(message)\",\"name\":\"find_book\",\"tool_call_id\":\"\(call)\"}"
    }

    private func running() -> LangGraphScript {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.runs()
        _ = script.open()
        script.wait(until: 5)
        _ = script.frames(Script.began("r-1"))
        return script
    }

    @Test func theHistoryInValuesIsNotTheNewRunsCalls() {
        var script = running()
        let history = [Self.question, Self.call("a-1", "c-1"), Self.result("t-1", "c-1")]
        #expect(script.frames("values {\"messages\":[\(history.joined(separator: ","))]}").eventNames.isEmpty)
        // Some models give every turn's call the same id.
        let now = history + [Self.call("a-2", "c-1"), Self.result("t-2", "c-1")]
        #expect(
            script.frames("values {\"messages\":[\(now.joined(separator: ","))]}").eventNames == [
                "TOOL_CALL_START find_book", "TEXT_MESSAGE_START", "TOOL_CALL_RESULT",
            ])
    }

    @Test func aCallOfAnEarlierRunThatIsAnsweredInThisOneIsPaired() {
        var script = running()
        _ = script.frames("values {\"messages\":[\(Self.question),\(Self.call("a-1", "c-1"))]}")
        let names = script.frames("updates {\"tools\":{\"messages\":[\(Self.result("t-1", "c-1"))]}}")
            .eventNames
        #expect(names == ["TOOL_CALL_START find_book", "TOOL_CALL_RESULT", "STEP_FINISHED tools"])
    }

    @Test func anUpdateWithoutMessagesIsStillAStep() {
        var script = running()
        #expect(script.frames("updates {\"plan\":{\"steps\":3}}").eventNames == ["STEP_FINISHED plan"])
        #expect(
            script.frames("values {\"steps\":3}", "values {\"steps\":4}").eventNames == ["STATE_SNAPSHOT"])
    }

    @Test func thePiecesOfALongMessageAreASignOfLifeEveryFiveSeconds() {
        var script = running()
        let piece = "messages [{\"type\":\"AIMessageChunk\",\"id\":\"a-1\",\"content\":\"x\"},{}]"
        var names: [String] = []
        for second in 5...17 {
            script.wait(until: second)
            names += script.frames(piece).eventNames
        }
        #expect(names == ["TEXT_MESSAGE_START"] + Array(repeating: "TEXT_MESSAGE_CONTENT", count: 3))
    }

    @Test func aStreamThatBrokeIsACountedGapWhereTheServerReplaysNothing() {
        var script = running()
        _ = script.breakStream()
        #expect(script.open().eventNames.isEmpty)
        #expect(script.asksFor(run: "r-1"))
        let messages = script.row(ofRun: "r-1", Script.run("r-1", "running", at: 5))
        #expect(messages.eventNames == ["CUSTOM ctxtop.gap"])
        #expect(messages.eventJSON.first?["value"]?["lost"]?.integer == 1)
        #expect(!script.asksFor(run: "r-1"))
    }

    @Test func aStreamThatIsReplayedHasNoGap() {
        var script = running()
        _ = script.breakStream()
        _ = script.open()
        let kwargs = "{\"resumable\":true}"
        let row = Script.run("r-1", "running", at: 5, kwargs: kwargs)
        #expect(script.row(ofRun: "r-1", row).eventNames.isEmpty)
    }

    @Test func aStreamThatBreaksBetweenRunsLosesNothing() {
        var script = LangGraphScript()
        _ = script.list(Script.row("idle"))
        _ = script.runs(Script.run("r-1", "success"))
        _ = script.open()
        _ = script.breakStream()
        #expect(script.open().eventNames.isEmpty)
        #expect(!script.asksFor(run: "r-1"))
    }

    @Test func anIdThatIsNoTimeIsDatedByItsArrival() throws {
        var script = running()
        let request = try #require(script.reader.requests.first { $0.rhythm == .stream })
        for id in ["17-0", "9999999999999-0", "x"] {
            var parser = SSEParser()
            for event in parser.feed(Array("event: custom\ndata: {}\nid: \(id)\n\n".utf8)) {
                let messages = script.reader.take(.event(request, event), at: script.now)
                #expect(messages.eventJSON.first?["timestamp"]?.integer == script.now.milliseconds)
            }
        }
    }
}
