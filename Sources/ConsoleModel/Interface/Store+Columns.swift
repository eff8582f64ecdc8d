import PatternDetection
import WireProtocol

extension Store {
    /// Opens the column chooser on the first column.
    mutating func chooseColumns() {
        guard !state.columnChoices.isEmpty else { return }
        state.interface.overlay = .chooser(cursor: 0)
    }

    /// Does one thing in the column chooser.
    mutating func choose(_ step: ChooserStep) {
        guard case .chooser(let cursor) = state.interface.overlay else { return }
        let choices = state.columnChoices
        guard choices.indices.contains(cursor) else {
            state.interface.overlay = nil
            return
        }
        let choice = choices[cursor]
        switch step {
        case .move(let offset):
            state.interface.overlay = .chooser(
                cursor: min(max(0, cursor.adding(offset)), choices.count - 1))
        case .toggle: toggle(choice, choices)
        case .shift(let offset):
            let target = min(max(0, cursor.adding(offset)), choices.count - 1)
            var names = choices.map(\.name)
            names.insert(names.remove(at: cursor), at: target)
            change { $0.order = names }
            state.interface.overlay = .chooser(cursor: target)
        case .widen(let offset):
            let width = min(max(1, choice.width.adding(offset)), ColumnLayout.maximumWidth)
            change { $0.widths[choice.name] = width }
        case .reset: change { $0 = ColumnLayout() }
        case .close: state.interface.overlay = nil
        }
    }

    private mutating func toggle(_ choice: ColumnChoice, _ choices: [ColumnChoice]) {
        if choice.isShown, choices.count(where: \.isShown) == 1 {
            return say("one column must stay", .notice)
        }
        change {
            if $0.hidden.remove(choice.name) == nil { $0.hidden.insert(choice.name) }
        }
    }

    private mutating func change(_ change: (inout ColumnLayout) -> Void) {
        change(&state.interface.tables[state.interface.place, default: TableState()].layout)
    }

    /// Scrolls the columns behind the first one.
    mutating func scrollColumns(by offset: Int) {
        let shown = state.columnChoices.count(where: \.isShown)
        let place = state.interface.place
        let current = state.interface.table.scroll
        state.interface.tables[place, default: TableState()].scroll = min(
            max(0, current.adding(offset)), max(0, shown - 2))
    }

    /// Groups by the next thing, and after the last by nothing.
    mutating func groupByNext() {
        let all: [Grouping?] = [nil] + state.groupings
        let current = all.firstIndex(of: state.interface.table.grouping) ?? 0
        let next = all[(current + 1) % all.count]
        state.interface.tables[state.interface.place, default: TableState()].grouping = next
        say(next.map { "grouped by \($0.rawValue)" } ?? "not grouped", .ok)
    }
}

extension ConsoleState {
    /// What the shown table can be grouped by.
    var groupings: [Grouping] {
        switch interface.place {
        case .view(.sessions): backends.count > 1 ? Grouping.allCases : [.user, .path, .pattern]
        case .view(.dispatchers): backends.count > 1 ? [.user, .pattern, .backend] : [.user, .pattern]
        case .view, .context, .finding, .path, .dispatcher, .event, .check: []
        }
    }
}
