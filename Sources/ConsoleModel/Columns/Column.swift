import PatternDetection

/// One column of a table: its title, text, order, colour and place in narrow terminals, together.
public struct Column<Row: Sendable>: Sendable {
    /// Where the text stands in its column.
    public enum Alignment: Hashable, Sendable { case left, right }

    /// What filters and `<` `>` know it by, in lower case.
    public let name: String
    /// The heading.
    public let title: String
    /// The width it wants, in terminal columns.
    public let width: Int
    /// The width it can shrink to.
    public let minimumWidth: Int
    /// The width it can grow to where there is room.
    public let maximumWidth: Int
    /// When it goes in a narrow terminal: the highest first; 5 and above before anything shrinks; 0 never.
    public let dropOrder: Int
    /// Where the text stands.
    public let alignment: Alignment
    /// The text.
    public let text: @Sendable (Row) -> String
    /// What filters look into; the text, unless that is a mark.
    public let searchText: @Sendable (Row) -> String
    /// What it sorts and compares by; durations in seconds.
    public let sortKey: @Sendable (Row) -> SortKey
    /// What its colour comes from; nil for plain text.
    public let severity: @Sendable (Row) -> Severity?

    /// The same column at another width.
    public func wide(_ width: Int) -> Column {
        Column(
            name, title, width: width, minimum: Swift.min(minimumWidth, width), drop: dropOrder,
            alignment: alignment, search: searchText, sort: sortKey, severity: severity, text: text)
    }

    init(
        _ name: String, _ title: String, width: Int, minimum: Int? = nil, maximum: Int? = nil, drop: Int = 0,
        alignment: Alignment = .left, search: (@Sendable (Row) -> String)? = nil,
        sort: (@Sendable (Row) -> SortKey)? = nil,
        severity: @escaping @Sendable (Row) -> Severity? = { _ in nil },
        text: @escaping @Sendable (Row) -> String
    ) {
        self.name = name
        self.title = title
        self.width = width
        minimumWidth = minimum ?? width
        maximumWidth = maximum ?? width
        dropOrder = drop
        self.alignment = alignment
        self.text = text
        searchText = search ?? text
        sortKey = sort ?? { .text(text($0)) }
        self.severity = severity
    }
}

/// What a row sorts by in one column.
public enum SortKey: Hashable, Sendable {
    /// Nothing is known; always last.
    case none
    case number(Double)
    case text(String)

    /// A duration in seconds, or nothing.
    static func seconds(_ duration: Duration?) -> SortKey {
        duration.map { .number(Double($0 / .milliseconds(1)) / 1000) } ?? .none
    }

    /// A count, or nothing.
    static func count(_ count: Int?) -> SortKey { count.map { .number(Double($0)) } ?? .none }

    /// Whether this one comes first; `isReversed` turns everything round but ``none``.
    func comes(before other: SortKey, isReversed: Bool) -> Bool? {
        switch (self, other) {
        case (.none, .none): nil
        case (.none, _): false
        case (_, .none): true
        case (.number(let first), .number(let second)): first == second ? nil : (first < second) != isReversed
        case (.text(let first), .text(let second)): first == second ? nil : (first < second) != isReversed
        case (.number, .text): !isReversed
        case (.text, .number): isReversed
        }
    }
}

/// A table's columns with the widths that they get in a terminal.
public struct FittedColumn<Row: Sendable>: Sendable {
    /// The column.
    public let column: Column<Row>
    /// Its width here.
    public let width: Int

    /// Gives a column a width.
    public init(column: Column<Row>, width: Int) {
        self.column = column
        self.width = width
    }
}

extension Array {
    /// The columns that fit into `width` with one space between.
    ///
    /// Extra columns go first, then the others shrink, then they go too
    /// (SCREENS.md: 80 columns show the core at full width, 100 show all).
    public func fitted<Row>(to width: Int) -> [FittedColumn<Row>] where Element == Column<Row> {
        var kept = self
        func total(_ width: (Column<Row>) -> Int) -> Int {
            kept.reduce(0) { $0 + width($1) } + Swift.max(0, kept.count - 1)
        }
        while total(\.width) > width, let next = kept.map(\.dropOrder).max(), next >= 5 {
            kept.removeAll { $0.dropOrder == next }
        }
        while total(\.minimumWidth) > width, let next = kept.map(\.dropOrder).max(), next > 0 {
            kept.removeAll { $0.dropOrder == next }
        }
        var missing = Swift.max(0, total(\.width) - width)
        var fitted: [FittedColumn<Row>] = []
        // The rightmost shrink first: TOOL before USER (SCREENS.md).
        for column in kept.reversed() {
            let give = Swift.min(missing, column.width - column.minimumWidth)
            missing -= give
            fitted.insert(FittedColumn(column: column, width: column.width - give), at: 0)
        }
        return fitted
    }
}

extension Array {
    /// The columns with what is left of `width` given to those that have more to say, the leftmost first.
    ///
    /// Nothing grows while one of `count` columns is missing: what was dropped would have used the room.
    public func grown<Row>(to width: Int, of count: Int) -> [FittedColumn<Row>]
    where Element == FittedColumn<Row> {
        guard self.count == count else { return self }
        var spare = width - reduce(0) { $0 + $1.width + 1 } + 1
        return map { fitted in
            let more = Swift.max(0, Swift.min(spare, fitted.column.maximumWidth - fitted.width))
            spare -= more
            return FittedColumn(column: fitted.column, width: fitted.width + more)
        }
    }
}
