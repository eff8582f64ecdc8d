import CNcurses
public import Screen

/// How each role looks.
public struct Theme: Hashable, Sendable {
    /// The name that `--theme` takes.
    public var name: String
    /// The look of each role; a role without one is drawn as the terminal draws plain text.
    public var looks: [Style.Role: Look]

    /// A theme of that name.
    public init(name: String, looks: [Style.Role: Look]) {
        self.name = name
        self.looks = looks
    }

    /// Colours and attributes of one role.
    public struct Look: Hashable, Sendable {
        /// The letters' colour; the terminal's own when nil.
        public var colour: RGBColour?
        /// The colour behind them; the terminal's own when nil.
        public var background: RGBColour?
        /// The colour on terminals that have 8 or 16.
        public var basic: BasicColour?
        /// What else.
        public var attributes: Attributes

        /// A look; everything of the terminal's own unless given.
        public init(
            colour: RGBColour? = nil, background: RGBColour? = nil, basic: BasicColour? = nil,
            attributes: Attributes = []
        ) {
            self.colour = colour
            self.background = background
            self.basic = basic
            self.attributes = attributes
        }

        /// Foreground and background as a terminal with that many colours counts them; -1 is its own.
        func numbers(_ colours: Int) -> (foreground: Int, background: Int) {
            if colours > 256 { return (colour?.number ?? -1, background?.number ?? -1) }
            if colours == 256 { return (colour?.nearestOf256 ?? -1, background?.nearestOf256 ?? -1) }
            return (basic.map(\.rawValue) ?? -1, -1)
        }
    }

    /// The first eight colours of every terminal that has colours (ISO 6429).
    public enum BasicColour: Int, CaseIterable, Sendable {
        case black, red, green, yellow, blue, magenta, cyan, white

        /// The word that theme files use.
        public var word: String { "\(self)" }
    }

    /// How letters look besides their colour.
    public struct Attributes: OptionSet, Hashable, Sendable {
        /// The bits of the shim.
        public let rawValue: Int
        /// Takes the shim's bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// Heavier letters.
        public static let bold = Attributes(rawValue: Int(CN_BOLD))
        /// Fainter letters.
        public static let dim = Attributes(rawValue: Int(CN_DIM))
        /// A line below.
        public static let underline = Attributes(rawValue: Int(CN_UNDERLINE))
    }

    /// The attributes that carry meaning where there is no colour.
    static func monochromeAttributes(_ role: Style.Role) -> Attributes {
        switch role {
        case .critical: [.bold, .underline]
        case .warning, .accent, .key, .header: .bold
        case .dim, .border: .dim
        case .normal, .title, .ok, .notice: []
        }
    }
}
