import PatternDetection
import WireProtocol

/// What an event says, in one line for a person, read from its raw line.
enum EventDetail {
    /// The longest detail, in characters; the raw line has the rest.
    static let maximumCharacters = 400

    static func text(of line: [UInt8], marks: EventRecord.Marks) -> String {
        let batch = EventBatch(lines: line)
        guard let event = batch.events.first else { return "" }
        var words = String(words(event, batch).prefix(maximumCharacters))
        if marks.contains(.crossing) { words = "delivered to another user; " + words }
        if marks.contains(.violation) { words = "breaks the run grammar; " + words }
        return words
    }

    private static func words(_ event: ScannedEvent, _ batch: EventBatch) -> String {
        let name = batch.string(event.name)
        let text = batch.string(event.text)
        switch event.type {
        case .custom: return custom(name, batch.json(event.value)?.object ?? JSONObject())
        case .unrecognized: return batch.string(event.typeName)
        case .runError: return text
        case .runFinished:
            return batch.json(event.value).flatMap { $0.string ?? $0["type"]?.string } ?? ""
        default:
            let quoted = text.isEmpty ? "" : "\"\(text)\""
            return [name, quoted].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    private static func custom(_ name: String, _ value: JSONObject) -> String {
        func because(_ reason: String?) -> String { reason.map { ": \($0)" } ?? "" }
        switch CustomEventName(rawValue: name) {
        case .session:
            let change = value.string("change") ?? "changed"
            let context = value["context"]?["id"]?.string.map { " " + IDText.tail($0) } ?? ""
            let state = change == "state" ? "\(value.string("state") ?? "unknown")" : change
            return state + context + because(value.string("reason"))
        case .dispatcher:
            let from = value.string("from").map { "\($0) → " } ?? ""
            return IDText.tail(value.string("id") ?? "") + " \(from)\(value.string("to") ?? "unknown")"
                + because(value.string("reason"))
        case .creation:
            return "\(value.string("path") ?? "") \(value.string("status") ?? "")"
                + because(value.string("error"))
        case .path:
            return "\(value.string("path") ?? "") says \(value.string("detected") ?? "nothing")"
        case .gap: return "\(value.int("lost").map(CountText.grouped) ?? "some") events lost"
        case nil: return JSONValue.object(value).text
        }
    }
}
