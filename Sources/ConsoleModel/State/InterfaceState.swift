/// Where the user is, what is typed, and what each table remembers.
public struct InterfaceState: Equatable, Sendable {
    /// The places on top of each other; the first is a view, the last is shown.
    public internal(set) var places: [Place] = [.view(.pulse)]
    /// The view before this one, for `-`.
    public internal(set) var lastView: ViewID?
    /// The stacks seen before and after this one, for `[` and `]`.
    public internal(set) var history = PlaceHistory()
    /// What is being typed, if a prompt is open.
    public internal(set) var prompt: Prompt?
    /// The filters by view, as typed; the empty ones are left out.
    public internal(set) var filters: [ViewID: String] = [:]
    /// What each place's table remembers.
    public internal(set) var tables: [Place: TableState] = [:]
    /// The first event number that is not shown, while paused.
    public internal(set) var pausedAt: Int?
    /// Whether the events view keeps the newest event selected.
    public internal(set) var isFollowing = true
    /// Whether the keys are shown.
    public internal(set) var isShowingHelp = false
    /// Which section of the place has the selection, from 0.
    public internal(set) var section = 0
    /// The terminal's size.
    public internal(set) var size = Size(width: 80, height: 24)

    /// The place that is shown.
    public var place: Place { places.last ?? .view(.pulse) }

    /// The view that the place was opened from.
    public var view: ViewID {
        for case .view(let view) in places.reversed() { return view }
        return .pulse
    }

    /// Whether new events are kept out of sight.
    public var isPaused: Bool { pausedAt != nil }

    /// What the shown table remembers.
    public var table: TableState { tables[place] ?? TableState() }

    /// Columns and lines of a terminal.
    public struct Size: Hashable, Sendable {
        /// In cells, at least 0.
        public var width: Int
        /// In lines, at least 0.
        public var height: Int
    }
}

/// What a table remembers between frames.
public struct TableState: Equatable, Sendable {
    /// What is selected; nil selects the first row. By section.
    public internal(set) var selections: [Int: RowID] = [:]
    /// The name of the column it is sorted by; nil for the table's own order.
    public internal(set) var sortColumn: String?
    /// Whether the column's order is turned round.
    public internal(set) var isReversed = false
}

/// The stacks of places that were left, in both directions.
public struct PlaceHistory: Equatable, Sendable {
    /// Earlier stacks, the latest last; at most 50.
    var earlier: [[Place]] = []
    /// Stacks that ``Action/historyBack`` left, the nearest last.
    var later: [[Place]] = []
}

/// A line that is being typed.
public struct Prompt: Equatable, Sendable {
    /// What it is for.
    public enum Kind: Hashable, Sendable { case filter, command }
    /// What it is for.
    public let kind: Kind
    /// What was typed so far; the cursor is at its end.
    public internal(set) var text: String
    /// What is wrong with it, in words, and at which character.
    public internal(set) var problem: Problem?

    /// A mistake in what was typed.
    public struct Problem: Hashable, Sendable {
        /// In words.
        public let message: String
        /// The character it is about, from 0; nil when it is about the whole.
        public let position: Int?
    }
}
