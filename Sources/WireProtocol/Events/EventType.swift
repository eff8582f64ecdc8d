import PatternDetection

/// The type of an AG-UI 1.0 event, plus the older THINKING types some servers still send.
///
/// The list is the `EventType` of PyPI's `ag-ui-protocol` 1.0.0.
public enum EventType: UInt8, Hashable, Sendable, CaseIterable {
    case runStarted, runFinished, runError, stepStarted, stepFinished
    case textMessageStart, textMessageContent, textMessageEnd, textMessageChunk
    case toolCallStart, toolCallArgs, toolCallEnd, toolCallChunk, toolCallResult
    case stateSnapshot, stateDelta, messagesSnapshot, activitySnapshot, activityDelta
    case reasoningStart, reasoningMessageStart, reasoningMessageContent, reasoningMessageEnd
    case reasoningMessageChunk, reasoningEnd, reasoningEncryptedValue
    case subagentStarted, subagentFinished, subagentError
    case raw, custom
    case thinkingStart, thinkingEnd, thinkingTextMessageStart, thinkingTextMessageContent
    case thinkingTextMessageEnd
    /// A type that this version does not know; kept, counted and shown.
    case unrecognized

    /// The spelling on the wire; empty for ``unrecognized``.
    public var wireName: StaticString {
        switch self {
        case .runStarted: "RUN_STARTED"
        case .runFinished: "RUN_FINISHED"
        case .runError: "RUN_ERROR"
        case .stepStarted: "STEP_STARTED"
        case .stepFinished: "STEP_FINISHED"
        case .textMessageStart: "TEXT_MESSAGE_START"
        case .textMessageContent: "TEXT_MESSAGE_CONTENT"
        case .textMessageEnd: "TEXT_MESSAGE_END"
        case .textMessageChunk: "TEXT_MESSAGE_CHUNK"
        case .toolCallStart: "TOOL_CALL_START"
        case .toolCallArgs: "TOOL_CALL_ARGS"
        case .toolCallEnd: "TOOL_CALL_END"
        case .toolCallChunk: "TOOL_CALL_CHUNK"
        case .toolCallResult: "TOOL_CALL_RESULT"
        case .stateSnapshot: "STATE_SNAPSHOT"
        case .stateDelta: "STATE_DELTA"
        case .messagesSnapshot: "MESSAGES_SNAPSHOT"
        case .activitySnapshot: "ACTIVITY_SNAPSHOT"
        case .activityDelta: "ACTIVITY_DELTA"
        case .reasoningStart: "REASONING_START"
        case .reasoningMessageStart: "REASONING_MESSAGE_START"
        case .reasoningMessageContent: "REASONING_MESSAGE_CONTENT"
        case .reasoningMessageEnd: "REASONING_MESSAGE_END"
        case .reasoningMessageChunk: "REASONING_MESSAGE_CHUNK"
        case .reasoningEnd: "REASONING_END"
        case .reasoningEncryptedValue: "REASONING_ENCRYPTED_VALUE"
        case .subagentStarted: "SUBAGENT_STARTED"
        case .subagentFinished: "SUBAGENT_FINISHED"
        case .subagentError: "SUBAGENT_ERROR"
        case .raw: "RAW"
        case .custom: "CUSTOM"
        case .thinkingStart: "THINKING_START"
        case .thinkingEnd: "THINKING_END"
        case .thinkingTextMessageStart: "THINKING_TEXT_MESSAGE_START"
        case .thinkingTextMessageContent: "THINKING_TEXT_MESSAGE_CONTENT"
        case .thinkingTextMessageEnd: "THINKING_TEXT_MESSAGE_END"
        case .unrecognized: ""
        }
    }

    /// What the event means to an operator (WIRE.md "Operator words"), or nil when it has no word.
    ///
    /// Every thinking-like event maps here; "the first" of a stretch is the store's business.
    public var operatorWord: OperatorWord? {
        switch self {
        case .runStarted: .agentStarted
        case .reasoningStart, .reasoningMessageStart, .reasoningMessageContent, .reasoningMessageEnd,
            .reasoningMessageChunk, .reasoningEnd, .reasoningEncryptedValue, .stepStarted,
            .textMessageStart, .textMessageContent, .textMessageEnd, .textMessageChunk,
            .thinkingStart, .thinkingEnd, .thinkingTextMessageStart, .thinkingTextMessageContent,
            .thinkingTextMessageEnd:
            .agentThinking
        case .toolCallStart: .toolExecuting
        case .toolCallResult: .toolCompleted
        case .runFinished: .agentCompleted
        case .runError: .agentError
        default: nil
        }
    }

    /// The type of that spelling; ``unrecognized`` when there is none.
    public init(wireName: some Sequence<UInt8>) {
        let bytes = Array(wireName)
        self = bytes.withUnsafeBufferPointer { EventType(bytes: $0) }
    }

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self = .unrecognized
        for candidate in EventType.allCases {
            let name = candidate.wireName
            guard name.utf8CodeUnitCount == bytes.count, bytes.count > 0 else { continue }
            if name.utf8Start[bytes.count - 1] == bytes[bytes.count - 1],
                UnsafeBufferPointer(start: name.utf8Start, count: bytes.count).elementsEqual(bytes)
            {
                self = candidate
                return
            }
        }
    }
}
