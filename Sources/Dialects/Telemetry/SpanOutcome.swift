import WireProtocol

/// Reads how a span's work ended: from its status, error attributes, levels and last exception.
///
/// An exception that was recorded although the status is not an error was handled: OpenTelemetry's SDKs set
/// the status themselves when one leaves a span. An interrupt or a cancellation is one whatever the status, as
/// langfuse and OpenInference report interrupts without an error, and strands cancels with the status unset.
enum SpanOutcome {
    /// The most characters of an error's words.
    private static let maximumWords = 300

    static func read(_ span: TelemetrySpan, _ reading: SpanReading) -> SpanMeaning.Outcome {
        if span.finishReason == "interrupt" { return .waiting }
        let type = reading.text(.errorType)
        let message = reading.text(.errorMessage)
        guard
            span.status == .error || type != nil || message != nil || span.exception != nil
                || !span.statusMessage.isEmpty || isFailure(reading)
                || reading.text(.cancellation) != nil
        else { return .succeeded }
        if reading.text(.cancellation) != nil { return .cancelled }
        let types = [type, span.exception?.type].compactMap(\.self).filter { !$0.isEmpty }
        let messages = [span.statusMessage, message, span.exception?.message].compactMap(\.self)
            .filter { !$0.isEmpty }
        if let ending = ending(types, messages) { return ending }
        let hasFailed =
            span.status == .error || isFailure(reading) || type != nil && span.status == .unset
        guard hasFailed else { return .succeeded }
        return .failed(words(types.first, messages.first))
    }

    private static func isFailure(_ reading: SpanReading) -> Bool {
        switch reading.value(.level) {
        case .string(let level): if level.uppercased() == "ERROR" { return true }
        case let level: if let number = level.integer, number >= 17 { return true }
        }
        return reading.value(.isFailed) == .bool(true)
    }

    /// Waiting or cancelled, if the first class or the beginning of a message without one says so.
    private static func ending(_ types: [String], _ messages: [String]) -> SpanMeaning.Outcome? {
        for type in types {
            if let ending = ending(ofClass: type) { return ending }
        }
        for message in messages {
            if message.hasPrefix("(Interrupt(") || message.hasPrefix("Interrupt(") { return .waiting }
            // Only a whole class name counts: the words of some other error may begin with "cancelled".
            let name = message.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            let rest = message.dropFirst(name.count)
            guard rest.isEmpty || rest.hasPrefix("(") || rest.hasPrefix(":") else { continue }
            if types.isEmpty || rest.hasPrefix("("), let ending = ending(ofClass: String(name)) {
                return ending
            }
        }
        return nil
    }

    private static func ending(ofClass path: String) -> SpanMeaning.Outcome? {
        let name = path.split(whereSeparator: { ".:/".contains($0) }).last.map(String.init) ?? path
        // LangGraph's two, and that of LlamaIndex's workflows.
        let waits = ["GraphInterrupt", "NodeInterrupt", "WaitingForEvent"]
        if waits.contains(where: { name.hasSuffix($0) }) { return .waiting }
        let words = [
            "CancelledError", "CanceledError", "CancelledException", "CanceledException",
            "CancellationError", "CancellationException", "KeyboardInterrupt",
        ]
        if words.contains(where: { name.hasSuffix($0) }) { return .cancelled }
        return ["cancelled", "canceled"].contains(name.lowercased()) ? .cancelled : nil
    }

    /// `Type: message`, once each, without the stack that LangChain's instrumentations append.
    private static func words(_ type: String?, _ message: String?) -> String {
        var message = message ?? ""
        if let stack = message.firstRange(of: "Traceback (most recent call last)") {
            message = String(message[..<stack.lowerBound])
        }
        message = message.trimmed
        let words =
            if let type, !message.isEmpty, message != type, !message.begins(withClass: type) {
                "\(type): \(message)"
            } else {
                message.isEmpty ? type ?? "error" : message
            }
        return words.count > maximumWords ? words.prefix(maximumWords - 1) + "…" : words
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Whether it begins with the class, with or without its module, and a colon or parenthesis.
    fileprivate func begins(withClass path: String) -> Bool {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        return [path, name].contains { hasPrefix($0 + ":") || hasPrefix($0 + "(") }
    }
}
