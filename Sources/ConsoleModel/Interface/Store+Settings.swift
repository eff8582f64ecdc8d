import PatternDetection
import WireProtocol

extension Store {
    /// Takes what the configuration says; views that nobody has touched begin as it says.
    mutating func apply(_ settings: InterfaceSettings) {
        let before = state.interface.settings
        state.interface.settings = settings
        for (view, saved) in settings.views where before.views[view] != saved {
            var table = state.interface.tables[.view(view)] ?? TableState()
            table.layout = ColumnLayout(saved, of: view)
            table.sortColumn = saved.sortColumn.flatMap {
                ConsoleState.columnNames(of: view).contains($0) ? $0 : nil
            }
            table.isReversed = saved.isReversed
            state.interface.tables[.view(view)] = table
            guard !saved.filter.isEmpty else { continue }
            do throws(FilterError) {
                try state.checkFilter(saved.filter, in: view)
                state.interface.filters[view] = saved.filter
            } catch {
                say("filter of [views.\(view.word)]: \(error.message)", .warning)
            }
        }
    }

    /// Draws with the next theme.
    mutating func nextTheme() -> [Effect] {
        let themes = state.interface.settings.themes
        guard !themes.isEmpty else { return [] }
        let current = themes.firstIndex(of: state.interface.settings.theme) ?? -1
        return setTheme(themes[(current + 1) % themes.count])
    }

    /// Draws with that theme, if there is one of that name.
    mutating func setTheme(_ name: String) -> [Effect] {
        let themes = state.interface.settings.themes
        guard themes.contains(name) else {
            state.interface.prompt?.problem = .init(
                message: "no theme \(name); there are \(themes.joined(separator: " "))", position: nil)
            return []
        }
        state.interface.settings.theme = name
        state.interface.prompt = nil
        say("theme \(name)", .ok)
        return [.setTheme(name)]
    }
}

extension ColumnLayout {
    /// The layout that a saved view asks for; names that the view does not have are left out.
    init(_ saved: ViewSettings, of view: ViewID) {
        self.init()
        let known = ConsoleState.columnNames(of: view)
        if let columns = saved.columns?.filter(known.contains), !columns.isEmpty {
            order = columns
            hidden = Set(known).subtracting(columns)
        }
        widths = saved.widths.filter { known.contains($0.key) && (1...Self.maximumWidth).contains($0.value) }
    }
}

extension ConsoleState {
    /// The names of a view's columns, for configuration, filters and completion.
    public static func columnNames(of view: ViewID) -> [String] {
        switch view {
        case .sessions: SessionRow.columns.map(\.name)
        case .paths: PathRow.columns.map(\.name)
        case .dispatchers: DispatcherRow.columns.map(\.name)
        case .events: EventRow.columns.map(\.name)
        case .findings, .pulse: FindingRow.columns.map(\.name)
        case .health: HealthRow.columns.map(\.name)
        }
    }
}
