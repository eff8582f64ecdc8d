import PatternDetection
import WireProtocol

/// One line of the needs-attention queue.
public struct FindingRow: TableRow {
    /// The finding.
    public let finding: Finding
    /// The name of its backend.
    public let backendName: String
    /// For how long it holds.
    public let since: Duration?

    /// How many more of the same rule, severity and backend it stands for; only Pulse folds them.
    public var alike = 0

    /// What a selection keeps.
    public var rowID: RowID { .finding(finding.key) }
    /// What a person has said about it.
    public let standing: FindingStanding
    /// How urgently it needs a person; not at all once somebody has seen it.
    public var severity: Severity? { standing == .open ? finding.severity : nil }
    /// The columns, left to right.
    public static var columns: [Column<FindingRow>] { FindingColumns.all }
}

extension ConsoleState {
    /// The findings view, the most urgent first; what somebody has seen stands last.
    public func findingTable() -> Table<FindingRow> { table(findingRows(), view: .findings) }

    func findingRows() -> [FindingRow] { cachedRows(.findings) { makeFindingRows() } }

    /// The open findings as Pulse lists them: the most urgent of each rule, severity and backend.
    func foldedFindings() -> [FindingRow] {
        cachedRows(.pulse) {
            var rows: [FindingRow] = []
            var places: [[AnyHashable]: Int] = [:]
            for row in findingRows() where row.standing == .open {
                let kind: [AnyHashable] = [row.finding.backend, row.finding.rule, row.finding.severity]
                if let place = places[kind] {
                    rows[place].alike += 1
                } else {
                    places[kind] = rows.count
                    rows.append(row)
                }
            }
            return rows
        }
    }

    private func makeFindingRows() -> [FindingRow] {
        let rows = findings.map { finding in
            FindingRow(
                finding: finding, backendName: backend(finding.backend)?.name ?? "",
                since: finding.since.map { now(of: finding.backend).since($0) },
                standing: standing(of: finding))
        }
        return rows.filter { $0.standing == .open } + rows.filter { $0.standing != .open }
    }

    /// The finding of that key, as triage says it now; nil when it holds no longer.
    public func finding(_ key: FindingKey) -> Finding? { findings.first { $0.key == key } }
}
