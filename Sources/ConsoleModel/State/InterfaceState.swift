import WireProtocol

/// Where the user is, what is typed, and what each table remembers.
public struct InterfaceState: Equatable, Sendable {
    /// The places on top of each other; the first is a view, the last is shown.
    public internal(set) var places: [Place] = [.view(.pulse)]
    /// The stacks seen before and after this one, for `[` and `]`, and the view before for `-`.
    public internal(set) var history = PlaceHistory()
    /// What is being typed, if a prompt is open.
    public internal(set) var prompt: Prompt?
    /// The filters by view, as typed; the empty ones are left out.
    public internal(set) var filters: [ViewID: String] = [:]
    /// What each place's table remembers.
    public internal(set) var tables: [Place: TableState] = [:]
    /// How the events are shown.
    public internal(set) var stream = StreamState()
    /// What lies on top of the place.
    public internal(set) var overlay: Overlay?
    /// Which section of the place has the selection, from 0.
    public internal(set) var section = 0
    /// The terminal's size.
    public internal(set) var size = Size(width: 80, height: 24)
    /// What was said to the user, newest last; the last one stands in the footer while ``Notices/isShown``.
    public internal(set) var notices = Notices()
    /// What the configuration says.
    public internal(set) var settings = InterfaceSettings()
    /// What outlives this console.
    public internal(set) var remembered = Remembered()

    /// How many lines of help are scrolled away.
    public internal(set) var helpScroll: Int {
        get { history.helpScroll }
        set { history.helpScroll = newValue }
    }

    /// The place that is shown.
    public var place: Place { places.last ?? .view(.pulse) }

    /// Which kind of screen has the keys.
    public var kind: PlaceKind {
        switch overlay {
        case .help: .help
        case .chooser: .chooser
        case nil: place.kind
        }
    }

    /// The view that the place was opened from.
    public var view: ViewID {
        for case .view(let view) in places.reversed() { return view }
        return .pulse
    }

    /// Whether new events are kept out of sight.
    public var isPaused: Bool { stream.pausedAt != nil }

    /// Whether the keys are shown.
    public var isShowingHelp: Bool { if case .help = overlay { true } else { false } }

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

/// What lies on top of a place and has the keys.
public enum Overlay: Hashable, Sendable {
    /// The keys, or what is to be said about a topic.
    case help(topic: String?)
    /// The columns of the view, with the cursor on one of them.
    case chooser(cursor: Int)
}

/// How the events are shown.
public struct StreamState: Equatable, Sendable {
    /// The first event number that is not shown, while paused.
    public internal(set) var pausedAt: Int?
    /// Whether the events view keeps the newest event selected.
    public internal(set) var isFollowing = true
    /// Whether long details go on in further lines.
    public internal(set) var isWrapping = false
    /// How far back the events view looks; nil for everything that is kept.
    public internal(set) var window: Duration?

    /// The windows that `w` goes through: everything, then the last 1, 5 and 15 minutes and the last hour.
    static let windows: [Duration?] = [nil, .seconds(60), .seconds(300), .seconds(900), .seconds(3600)]
}

/// What was said to the user.
public struct Notices: Equatable, Sendable {
    /// The lines, newest last; at most 100.
    public internal(set) var all: [Notice] = []
    /// Whether the newest one stands in the footer: until the next key.
    public internal(set) var isShown = false
}

/// What a table or a page remembers between frames.
public struct TableState: Equatable, Sendable {
    /// What is selected; nil selects the first row. By section.
    public internal(set) var selections: [Int: RowID] = [:]
    /// The name of the column it is sorted by; nil for the table's own order.
    public internal(set) var sortColumn: String?
    /// Whether the column's order is turned round.
    public internal(set) var isReversed = false
    /// Which columns are shown, in which order and how wide.
    public internal(set) var layout = ColumnLayout()
    /// The rows that are marked.
    public internal(set) var marks: Set<RowID> = []
    /// What rows are grouped by.
    public internal(set) var grouping: Grouping?
    /// How many columns of the table, or lines of a page, are scrolled away.
    public internal(set) var scroll = 0
    /// What `n` and `N` look for on a page.
    public internal(set) var search = ""

    /// A table that nobody has touched.
    public init() {}
}

/// What rows can be grouped by, in the order that `v` goes through.
public enum Grouping: String, Hashable, Sendable, CaseIterable {
    case user, path, pattern, backend
}

/// The stacks of places that were left, in both directions.
public struct PlaceHistory: Equatable, Sendable {
    /// Earlier stacks, the latest last; at most 50.
    var earlier: [[Place]] = []
    /// Stacks that ``Action/historyBack`` left, the nearest last.
    var later: [[Place]] = []
    /// The view before this one.
    public internal(set) var lastView: ViewID?
    /// How many lines of help are scrolled away.
    var helpScroll = 0
    /// Lines that were typed before, newest last, by kind; at most 50 each.
    var typed: [Prompt.Kind: [String]] = [:]
}

/// A line that is being typed.
public struct Prompt: Equatable, Sendable {
    /// What it is for.
    public enum Kind: Hashable, Sendable {
        case filter, command
        /// What to look for on a page.
        case search
        /// A note about an event, by its fingerprint and time.
        case note(fingerprint: UInt64, at: Int64)
        /// The typed confirmation of one of these.
        case confirm([ActionRequest])
    }
    /// What it is for.
    public let kind: Kind
    /// What was typed so far; the cursor is at its end.
    public internal(set) var text: String
    /// What is wrong with it, in words, and at which character.
    public internal(set) var problem: Problem?
    /// What Tab goes through, and where it is in it.
    public internal(set) var completion: Completion?
    /// How far back in the lines typed before it is; 0 for this one.
    var age = 0

    init(kind: Kind, text: String = "") {
        self.kind = kind
        self.text = text
    }

    /// A mistake in what was typed.
    public struct Problem: Hashable, Sendable {
        /// In words.
        public let message: String
        /// The character it is about, from 0; nil when it is about the whole.
        public let position: Int?
    }

    /// Texts that what was typed can become.
    public struct Completion: Hashable, Sendable {
        /// The whole texts.
        public let candidates: [String]
        /// Which of them stands in the prompt.
        public internal(set) var index: Int
    }
}
