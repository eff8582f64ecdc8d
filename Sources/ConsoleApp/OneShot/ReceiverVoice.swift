import ConsoleModel
import Screen
public import WireProtocol

/// What a receiver without a screen prints on standard error: where it listens, what it refuses, what to change.
public struct ReceiverVoice {
    /// The most addresses whose failures are remembered; beyond them a failure is printed each time.
    private static let maximumAddresses = 100

    private var failures: [String: String] = [:]
    private var notes: [String]?

    /// A voice that has said nothing yet.
    public init() {}

    /// The lines about a message; a failure of an address is printed once, until it changes or ends.
    public mutating func lines(about message: Message) -> [String] {
        var lines: [String] = []
        switch message {
        case .link(_, let reason?, _): lines = [reason]
        case .read(let outcome):
            let before = failures.removeValue(forKey: outcome.address)
            if let failure = outcome.failure {
                if failure != before { lines = ["\(outcome.address): \(failure)"] }
                if failures.count < Self.maximumAddresses { failures[outcome.address] = failure }
            } else if before != nil {
                lines = ["\(outcome.address): resolved"]
            }
        case .refused(let what, let reason):
            if failures[what] != reason { lines = ["\(what): \(reason)"] }
        case .dialect(_, let coverage):
            if let known = notes { lines = coverage.notes.filter { !known.contains($0) } }
            notes = coverage.notes
        case .events(let batch):
            if let refused = batch.refused.last {
                lines = ["\(CountText.plural(batch.refused.count, "event")) refused: \(refused.reason)"]
            }
        case .link, .health, .snapshot, .boot: break
        }
        return lines.map { PlainText.sanitized("ctxtop: " + $0) }
    }
}
