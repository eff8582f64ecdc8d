/// Which columns of a table are shown, in which order and how wide, where that differs from the table's own.
public struct ColumnLayout: Equatable, Sendable {
    /// The names in their order; those of the table that are missing here stand behind them.
    public internal(set) var order: [String] = []
    /// The names of the columns that are not shown.
    public internal(set) var hidden: Set<String> = []
    /// Widths that differ from the columns' own, by name.
    public internal(set) var widths: [String: Int] = [:]

    /// The widest that a person can make a column.
    public static let maximumWidth = 120

    /// The table's own columns.
    public init() {}

    /// Every name in the order of this layout, hidden ones included.
    func names(of own: [String]) -> [String] {
        let known = order.filter(own.contains)
        return known + own.filter { !known.contains($0) }
    }
}

extension Array {
    /// The columns as a layout has them: hidden ones left out, in its order, with its widths.
    public func arranged<Row>(_ layout: ColumnLayout) -> [Column<Row>] where Element == Column<Row> {
        if layout == ColumnLayout() { return self }
        let byName = Dictionary(map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return layout.names(of: map(\.name)).filter { !layout.hidden.contains($0) }.compactMap { name in
            guard let column = byName[name] else { return nil }
            return layout.widths[name].map { column.wide($0) } ?? column
        }
    }
}

/// A column as the chooser lists it.
public struct ColumnChoice: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The heading.
    public let title: String
    /// Whether it is shown.
    public let isShown: Bool
    /// Its width.
    public let width: Int
}

extension ConsoleState {
    /// The columns of the shown view as the chooser lists them; empty where there is no table.
    public var columnChoices: [ColumnChoice] {
        func choices<Row>(_ all: [Column<Row>]) -> [ColumnChoice] {
            let columns = worthShowing(all)
            let layout = interface.table.layout
            let byName = Dictionary(columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            return layout.names(of: columns.map(\.name)).compactMap { byName[$0] }.map { column in
                ColumnChoice(
                    name: column.name, title: column.title, isShown: !layout.hidden.contains(column.name),
                    width: layout.widths[column.name] ?? column.width)
            }
        }
        switch interface.place {
        case .view(.sessions): return choices(SessionRow.columns)
        case .view(.paths): return choices(PathRow.columns)
        case .view(.dispatchers): return choices(DispatcherRow.columns)
        case .view(.events): return choices(EventRow.columns)
        case .view(.findings): return choices(FindingRow.columns)
        case .view(.health): return choices(HealthRow.columns)
        case .view(.pulse), .context, .finding, .path, .dispatcher, .event, .check: return []
        }
    }

    /// The columns that can tell rows apart: the name of an only backend cannot, nor can users that no source names.
    func worthShowing<Row>(_ columns: [Column<Row>]) -> [Column<Row>] {
        let isWithoutUsers = Row.self == SessionRow.self && namesNoUser
        return columns.compactMap { column in
            switch column.name {
            case "backend" where backends.count <= 1: nil
            case "service" where !backends.contains(where: \.reception.namesServices): nil
            case "user" where isWithoutUsers: nil
            // Nothing else tells the rows apart.
            case "session" where isWithoutUsers: SessionColumns.session(width: 12) as? Column<Row>
            default: column
            }
        }
    }

    /// Whether there are sessions, and none of them has a user, as on a server that keeps users to itself.
    private var namesNoUser: Bool {
        backends.contains { $0.sessions.count > 0 }
            && backends.allSatisfy { $0.sessions.values.allSatisfy { $0.user.isNone } }
    }
}
