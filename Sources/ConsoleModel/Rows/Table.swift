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
}

/// A table as a view needs it: the rows that pass the filter, in order, and what is selected.
public struct Table<Row: TableRow>: Equatable, Sendable {
    /// The rows that pass the filter, sorted.
    public let rows: [Row]
    /// How many there are without the filter.
    public let total: Int
    /// Where the selected row is in ``rows``; nil when there is none.
    public let selectedIndex: Int?
    /// What is wrong with the filter; the rows are then unfiltered.
    public let filterError: FilterError?

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

    /// Filters and sorts rows by what the view's table remembers.
    func table<Row: TableRow>(_ all: [Row], view: ViewID, keepsOrder: Bool = true) -> Table<Row> {
        var rows = all
        var problem: FilterError?
        do throws(FilterError) {
            let filter = try Filter(filterText(view), columns: Row.columns)
            if !filter.isEmpty { rows = rows.filter(filter.matches) }
        } catch { problem = error }
        let memory = interface.tables[.view(view)] ?? TableState()
        if let name = memory.sortColumn, let column = Row.columns.first(where: { $0.name == name }) {
            rows = Self.sorted(rows, by: column, isReversed: memory.isReversed)
        } else if memory.isReversed {
            rows.reverse()
        }
        let selected = memory.selections[0].flatMap { id in rows.firstIndex { $0.rowID == id } }
        return Table(
            rows: rows, total: all.count, selectedIndex: selected ?? (rows.isEmpty ? nil : 0),
            filterError: problem)
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
}
