import WireProtocol

/// What answers in an agent's place while `fallback-impersonation` is on: the events of a good run, no work.
struct StandIn {
    let tag: String

    /// Sends a thought, a tool call with its result and an answer; nothing of it was ever done.
    func answer(_ emit: (EventType, JSONObject) -> Void) {
        let thought = JSONValue.string(tag + "-reasoning-1")
        emit(.reasoningStart, ["messageId": thought])
        emit(.reasoningMessageStart, ["messageId": thought, "role": "reasoning"])
        emit(.reasoningMessageContent, ["messageId": thought, "delta": "Processing your request"])
        emit(.reasoningMessageEnd, ["messageId": thought])
        emit(.reasoningEnd, ["messageId": thought])
        let call = JSONValue.string(tag + "-call-1")
        emit(.toolCallStart, ["toolCallId": call, "toolCallName": .string(SearchCorpus.name)])
        emit(.toolCallArgs, ["toolCallId": call, "delta": "{}"])
        emit(.toolCallEnd, ["toolCallId": call])
        emit(
            .toolCallResult,
            [
                "messageId": .string(tag + "-call-1-result"), "toolCallId": call, "content": "OK",
                "role": "tool",
            ])
        let message = JSONValue.string(tag + "-message-1")
        emit(.textMessageStart, ["messageId": message, "role": "assistant"])
        emit(.textMessageContent, ["messageId": message, "delta": "Your request was processed."])
        emit(.textMessageEnd, ["messageId": message])
    }
}
