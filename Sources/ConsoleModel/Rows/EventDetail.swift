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
        case .custom:
            let value = batch.json(event.value)?.object ?? JSONObject()
            guard let custom = CustomEventName(rawValue: name).flatMap({ CustomEvent($0, value) }) else {
                return JSONValue.object(value).text
            }
            return words(custom)
        case .unrecognized: return batch.string(event.typeName)
        case .runError: return text
        case .runFinished:
            return batch.json(event.value).flatMap { $0.string ?? $0["type"]?.string } ?? ""
        default:
            let quoted = text.isEmpty ? "" : "\"\(text)\""
            return [name, quoted].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    private static func words(_ event: CustomEvent) -> String {
        func because(_ reason: String?) -> String { reason.map { ": \($0)" } ?? "" }
        switch event {
        case .session(let change):
            let context = change.context.map { " " + IDText.tail($0.id.rawValue) } ?? ""
            let word: String =
                switch change.kind {
                case .state: change.state?.rawValue ?? "unknown"
                case .unknown: "changed"
                case .opened, .closed, .context: change.kind.rawValue
                }
            if let name = change.renamedTo { return "renamed to \(name)" + because(change.reason) }
            return word + context + because(change.reason)
        case .run(let change):
            let word = change.kind == .unknown ? "changed" : change.kind.rawValue
            return word + (change.service.map { " in \($0)" } ?? "") + because(change.reason)
        case .dispatcher(let move):
            let from = move.from.map { "\($0.rawValue) → " } ?? ""
            return IDText.tail(move.id.rawValue) + " \(from)\(move.to.rawValue)" + because(move.reason)
        case .creation(let report):
            return "\(report.path) \(report.status.rawValue)" + because(report.error)
        case .path(let path): return "\(path.path) says \(path.detected)"
        case .gap(let gap): return "\(gap.lost.map(CountText.grouped) ?? "some") events lost"
        case .refused(let report):
            let times = report.count > 1 ? ", \(report.count) times" : ""
            return "\(report.what)\(times): \(report.reason)"
        case .read(let outcome): return "\(outcome.address): \(outcome.failure ?? "readable")"
        }
    }
}
