import Testing
import WireProtocol

@testable import Dialects

/// The rules that hold for every SDK.
@Suite struct SpanMeaningTests {
    @Test func numbersAndTruthValuesAreIDs() {
        let numbered = meaning("x", ["session.id": 42, "user.id": 7.0])
        #expect((numbered.session, numbered.user) == ("42", "7"))
        #expect(meaning("x", ["user.id": true]).user == "true")
        #expect(meaning("x", ["user.id": 1.5]).user == "1.5")
    }

    @Test func whatIsEmptyOrScrubbedNamesNothing() {
        let empty = meaning(
            "",
            [
                "session.id": "", "user.id": .null, "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "",
            ])
        #expect((empty.session, empty.user, empty.tool) == (nil, nil, nil))
        let scrubbed = meaning(
            "x",
            [
                "user.id": "[Scrubbed due to 'auth']", "enduser.id": "bo",
                "session.id": "[Scrubbed due to 'session']",
            ])
        #expect((scrubbed.user, scrubbed.session) == ("bo", nil))
        #expect(meaning("x", ["session.id": ["a", "b"]]).session == nil)
    }

    @Test func theThreadOfTheOperatingSystemIsNoConversation() {
        #expect(meaning("x", ["thread.id": 140_737]).session == nil)
    }

    @Test func aModelWithTokensIsAModelCallWhateverItsKind() {
        let attributes: TelemetryAttributes = [
            "gen_ai.request.model": "tiny", "gen_ai.usage.output_tokens": 0,
        ]
        #expect(meaning("x", attributes).kind == .model)
        #expect(meaning("x", attributes.with("traceloop.span.kind", "task")).kind == .model)
        #expect(
            meaning("x", attributes.with("gen_ai.operation.name", "invoke_agent")).kind == .agent)
        #expect(
            meaning("x", attributes.with("gen_ai.operation.name", "embeddings")).kind
                == .embedding)
        #expect(meaning("x", ["gen_ai.request.model": "tiny"]).kind == .other)
        #expect(meaning("x", ["gen_ai.usage.input_tokens": 3]).kind == .other)
    }

    @Test func ofTwoSDKsTheOneThatObservesIsBelieved() {
        let both = meaning(
            "x",
            [
                "langfuse.observation.type": "tool", "openinference.span.kind": "CHAIN",
                "gen_ai.operation.name": "chat",
            ])
        #expect(both.kind == .tool)
        // A word that one does not know leaves the kind to the next.
        let next = meaning("x", ["langfuse.observation.type": "novel", "gen_ai.operation.name": "chat"])
        #expect(next.kind == .model)
    }

    @Test func jsonTextsThatAreBrokenOrTooLongAreNotRead() {
        for text in ["{", "[1]", "{'input': 1}", "null", #"{"input":-1}"#, #"{"input":"many"}"#] {
            #expect(meaning("x", ["langfuse.observation.usage_details": .string(text)]).usage == nil)
        }
        let padding = String(repeating: " ", count: SpanReading.maximumText - 12)
        for (extra, input) in [("", Int64(1)), (" ", nil)] {
            let text = #"{"input": 1}"# + padding + extra
            #expect(meaning("x", ["langfuse.observation.usage_details": .string(text)]).usage?.input == input)
        }
        let deep = String(repeating: "[", count: 60_000)
        #expect(meaning("x", ["langfuse.trace.metadata": .string("{\"a\":" + deep)]).user == nil)
        #expect(meaning("x", ["mlflow.spanType": #""AGENT"#]).kind == .other)
    }

    @Test func numbersThatAreNoCountsOrCostsAreNoUsage() {
        #expect(meaning("x", ["gen_ai.usage.input_tokens": -5]).usage == nil)
        #expect(meaning("x", ["gen_ai.usage.input_tokens": "12"]).usage?.input == 12)
        #expect(meaning("x", ["gen_ai.usage.cost": .number(.infinity)]).usage == nil)
        #expect(meaning("x", ["gen_ai.usage.cost": -1]).usage == nil)
    }

    // MARK: Outcomes

    @Test(arguments: [
        ("GraphInterrupt", SpanMeaning.Outcome.waiting), ("langgraph.errors.NodeInterrupt", .waiting),
        ("workflows.runtime.types.results.WaitingForEvent", .waiting),
        ("asyncio.exceptions.CancelledError", .cancelled), ("CancelledError", .cancelled),
        ("anyio.CancelledException", .cancelled), ("cancelled", .cancelled),
        ("RuntimeError", .failed("RuntimeError: no disk")),
        ("InterruptError", .failed("InterruptError: no disk")),
    ]) func classesThatAreNoFailures(_ type: String, _ outcome: SpanMeaning.Outcome) {
        #expect(meaning("x", ["error.type": .string(type)], status: .error, "no disk").outcome == outcome)
        let event = TelemetryException(type: type, message: "no disk")
        #expect(meaning("x", [:], status: .error, exception: event).outcome == outcome)
        #expect(meaning("x", [:], status: .error, "\(type)('no disk')").outcome != .succeeded)
    }

    @Test(arguments: [
        "(Interrupt(value='may I?'),)", "GraphInterrupt((Interrupt(value='may I?'),))",
        "GraphInterrupt: wait",
    ]) func anInterruptInWordsIsWaiting(_ words: String) {
        #expect(meaning("x", [:], status: .error, words).outcome == .waiting)
        #expect(
            meaning(
                "x",
                [
                    "langfuse.observation.level": "DEFAULT",
                    "langfuse.observation.status_message": .string(words),
                ]
            )
            .outcome == .waiting)
    }

    @Test func wordsThatOnlyBeginLikeACancellationAreAFailure() {
        #expect(
            meaning("x", [:], status: .error, "cancelled orders are final").outcome
                == .failed("cancelled orders are final"))
        #expect(
            meaning("x", ["error.type": "ValueError"], status: .error, "cancelled").outcome
                == .failed("ValueError: cancelled"))
    }

    @Test func anExceptionThatWasHandledIsNoFailure() {
        let event = TelemetryException(type: "TimeoutError", message: "again")
        #expect(meaning("x", [:], status: .ok, exception: event).outcome == .succeeded)
        #expect(meaning("x", [:], exception: event).outcome == .succeeded)
        #expect(meaning("x", [:], status: .error, exception: event).outcome == .failed("TimeoutError: again"))
        #expect(meaning("x", ["error.type": "500"], status: .ok).outcome == .succeeded)
        #expect(meaning("x", ["error.type": "500"]).outcome == .failed("500"))
    }

    @Test func wordsAreSaidOnceAndCut() {
        #expect(
            meaning("x", ["error.type": "builtins.OSError"], status: .error, "OSError: full").outcome
                == .failed("OSError: full"))
        #expect(meaning("x", [:], status: .error).outcome == .failed("error"))
        guard
            case .failed(let long) = meaning("x", [:], status: .error, String(repeating: "ä", count: 400))
                .outcome
        else {
            Issue.record("not failed")
            return
        }
        #expect((long.count, long.last) == (300, "…"))
    }
}

extension TelemetryAttributes {
    fileprivate func with(_ name: String, _ value: JSONValue) -> Self {
        var attributes = self
        attributes[name] = value
        return attributes
    }
}
