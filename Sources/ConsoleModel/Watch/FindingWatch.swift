public import PatternDetection
public import WireProtocol

/// A finding that began to hold, holds differently, or holds no longer.
public struct FindingChange: Sendable {
    /// What became of it.
    public enum Turn: String, Hashable, Sendable { case raised, changed, cleared }

    /// When it was noticed.
    public let at: Timestamp
    /// What became of it.
    public let turn: Turn
    /// The finding, as it is or was last.
    public let row: FindingRow
    /// The severity before; nil unless that changed.
    public let before: Severity?

    /// The change as one line of `ctxtop watch --kind findings`.
    public func json(in state: ConsoleState) -> JSONValue {
        var object: JSONObject = [
            "kind": "finding", "change": .string(turn.rawValue), "at": .string(at.rfc3339),
        ]
        object["before"] = before.map { .string($0.rawValue) }
        for record in state.findingRecords([row.finding]) {
            for member in record.json.object?.members ?? [] { object.append(member.name, member.value) }
        }
        return .object(object)
    }
}

/// Holds the findings of one state against those of the one before.
public struct FindingWatch: Sendable {
    private var known: [FindingKey: FindingRow] = [:]

    /// A watch that has seen nothing.
    public init() {}

    /// What is different since the last question, the most urgent first, what is cleared last.
    public mutating func changes(in state: ConsoleState) -> [FindingChange] {
        var changes: [FindingChange] = []
        var now: [FindingKey: FindingRow] = [:]
        for row in state.findingRows() {
            now[row.finding.key] = row
            let before = known[row.finding.key]?.finding.severity
            guard before != row.finding.severity else { continue }
            changes.append(
                FindingChange(
                    at: state.now, turn: before == nil ? .raised : .changed, row: row, before: before))
        }
        let gone = known.filter { now[$0.key] == nil }.values.sorted {
            Finding.isMoreUrgent($0.finding, $1.finding)
        }
        changes += gone.map { FindingChange(at: state.now, turn: .cleared, row: $0, before: nil) }
        known = now
        return changes
    }
}
