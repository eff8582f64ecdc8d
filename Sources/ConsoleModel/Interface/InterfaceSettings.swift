/// What the configuration says about the interface; the run loop fills it in.
public struct InterfaceSettings: Equatable, Sendable {
    /// The names of the themes that `T` goes through.
    public var themes: [String] = []
    /// The theme that is drawn; one of ``themes``.
    public var theme = ""
    /// Whether `x` may change anything (`--allow-actions`).
    public var allowsActions = false
    /// Whether some backend's certificate is not checked (`--insecure`); the title says so all the time.
    public var acceptsAnyCertificate = false
    /// Whether the terminal reports the mouse.
    public var isMouseOn = false
    /// What graphs are drawn with.
    public var graph = GraphStyle.block
    /// Whether the keys of a first visit are pointed out.
    public var showsFirstRunHint = false
    /// Saved views, by view.
    public var views: [ViewID: ViewSettings] = [:]

    /// The defaults.
    public init() {}
}

/// How a view's table begins: `[views.NAME]` of the configuration.
public struct ViewSettings: Equatable, Sendable {
    /// The names of the columns that are shown, in their order; nil for the view's own.
    public var columns: [String]?
    /// Widths that differ from the columns' own, by name.
    public var widths: [String: Int] = [:]
    /// The column it is sorted by; nil for the view's own order.
    public var sortColumn: String?
    /// Whether the order is turned round.
    public var isReversed = false
    /// The filter, as typed.
    public var filter = ""

    /// A view as it comes.
    public init() {}
}

/// What graphs are drawn with; `--ascii` stands in for either.
public enum GraphStyle: String, Hashable, Sendable, CaseIterable {
    /// One value a cell, eight levels.
    case block
    /// Two values a cell, four levels.
    case braille
}
