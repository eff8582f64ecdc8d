import PatternDetection
import WireProtocol

/// A row of a table: it has an identity and maybe a need.
public protocol TableRow: Equatable, Sendable {
    /// What a selection keeps.
    var rowID: RowID { get }
    /// How urgently it needs a person; nil when it does not.
    var severity: Severity? { get }
    /// The table's columns, left to right.
    static var columns: [Column<Self>] { get }
    /// What it belongs to when the table is grouped; nil when it cannot be grouped like that.
    func group(by grouping: Grouping) -> String?
}

extension TableRow {
    /// Most tables are not grouped.
    public func group(by grouping: Grouping) -> String? { nil }
}

/// A table as a view needs it: the rows that pass the filter, in order, and what is selected.
public struct Table<Row: TableRow>: Equatable, Sendable {
    /// The rows that pass the filter, sorted.
    public let rows: [Row]
    /// How many there are without the filter.
    public let total: Int
    /// Where the selected row is in ``rows``; nil when there is none.
    public let selectedIndex: Int?
    /// The groups that the rows stand in, in order; empty when they are not grouped.
    public let groups: [Group]
    /// What is wrong with the filter; the rows are then unfiltered.
    public let filterError: FilterError?

    /// Rows that belong together.
    public struct Group: Hashable, Sendable {
        /// What they have in common.
        public let title: String
        /// Where they are in ``Table/rows``.
        public let range: Range<Int>
        /// How many of them need attention.
        public let needy: Int
    }

    /// The selected row.
    public var selected: Row? { selectedIndex.map { rows[$0] } }
    /// Why there is nothing to see, if there is nothing.
    public var isFilteredAway: Bool { rows.isEmpty && total > 0 }
}

extension ConsoleState {
    /// The filter of a view as it applies now: while its prompt is open, what is typed.
    public func filterText(_ view: ViewID) -> String {
        if let prompt = interface.prompt, prompt.kind == .filter, interface.view == view {
            return prompt.text
        }
        return interface.filters[view] ?? ""
    }

    /// The columns of a table as they are shown: BACKEND only where there is more than one.
    public func columns<Row: TableRow>(of view: ViewID) -> [Column<Row>] {
        let own = worthShowing(Row.columns)
        return own.arranged(interface.tables[.view(view)]?.layout ?? ColumnLayout())
    }

    /// Filters and sorts rows by what the view's table remembers.
    func table<Row: TableRow>(_ all: [Row], view: ViewID) -> Table<Row> {
        var stamp = stamp
        let memory = interface.tables[.view(view)] ?? TableState()
        stamp.filter = filterText(view)
        stamp.sortColumn = memory.sortColumn
        stamp.isReversed = memory.isReversed
        stamp.grouping = memory.grouping
        let arranged = derived.cache.value(.table(view), stamp) { arrange(all, memory, view: view) }
        let chosen = interface.tables[.view(view)]?.selections[0]
        let selected = chosen.flatMap { id in arranged.rows.firstIndex { $0.rowID == id } }
        return Table(
            rows: arranged.rows, total: all.count,
            selectedIndex: selected ?? (arranged.rows.isEmpty ? nil : 0), groups: arranged.groups,
            filterError: arranged.problem)
    }

    /// The rows that pass the filter, in order, in groups.
    private func arrange<Row: TableRow>(_ all: [Row], _ memory: TableState, view: ViewID) -> Arranged<Row> {
        var rows = all
        var problem: FilterError?
        do throws(FilterError) {
            let filter = try Filter(filterText(view), columns: Row.columns)
            if !filter.isEmpty { rows = rows.filter(filter.matches) }
        } catch { problem = error }
        if let name = memory.sortColumn, let column = Row.columns.first(where: { $0.name == name }) {
            rows = Self.sorted(rows, by: column, isReversed: memory.isReversed)
        } else if memory.isReversed {
            rows.reverse()
        }
        guard let grouping = memory.grouping else {
            return Arranged(rows: rows, groups: [], problem: problem)
        }
        let (grouped, groups) = Self.grouped(rows, by: grouping)
        return Arranged(rows: grouped, groups: groups, problem: problem)
    }

    private struct Arranged<Row: TableRow>: Sendable {
        let rows: [Row]
        let groups: [Table<Row>.Group]
        let problem: FilterError?
    }

    private static func sorted<Row: TableRow>(
        _ rows: [Row], by column: Column<Row>, isReversed: Bool
    ) -> [Row] {
        let keys = rows.map(column.sortKey)
        let order = rows.indices.sorted { first, second in
            keys[first].comes(before: keys[second], isReversed: isReversed) ?? (first < second)
        }
        return order.map { rows[$0] }
    }

    /// The groups in the order of their first rows, so that the neediest group stands first.
    private static func grouped<Row: TableRow>(
        _ rows: [Row], by grouping: Grouping
    ) -> ([Row], [Table<Row>.Group]) {
        var order: [String] = []
        var members: [String: [Row]] = [:]
        for row in rows {
            let title = row.group(by: grouping) ?? AgeText.none
            if members[title] == nil { order.append(title) }
            members[title, default: []].append(row)
        }
        var result: [Row] = []
        result.reserveCapacity(rows.count)
        let groups = order.map { title -> Table<Row>.Group in
            let own = members[title] ?? []
            let start = result.count
            result += own
            return .init(
                title: title, range: start..<result.count,
                needy: own.count { $0.severity ?? .ok >= .notice })
        }
        return (result, groups)
    }
}
