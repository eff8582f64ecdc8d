/// A rectangle of cells; `x` grows right and `y` grows down from the top left.
public struct Rect: Hashable, Sendable {
    /// The leftmost column.
    public var x: Int
    /// The topmost line.
    public var y: Int
    /// How many columns, never negative.
    public var width: Int
    /// How many lines, never negative.
    public var height: Int

    /// A rectangle; negative sizes become 0.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// Cuts `lines` off the top; both parts are empty rather than negative.
    public func splitTop(_ lines: Int) -> (top: Rect, rest: Rect) {
        let taken = min(max(0, lines), height)
        return (
            Rect(x: x, y: y, width: width, height: taken),
            Rect(x: x, y: y + taken, width: width, height: height - taken)
        )
    }

    /// Cuts `lines` off the bottom.
    public func splitBottom(_ lines: Int) -> (rest: Rect, bottom: Rect) {
        let (rest, bottom) = splitTop(height - min(max(0, lines), height))
        return (rest, bottom)
    }

    /// Cuts `columns` off the left.
    public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
        let taken = min(max(0, columns), width)
        return (
            Rect(x: x, y: y, width: taken, height: height),
            Rect(x: x + taken, y: y, width: width - taken, height: height)
        )
    }

    /// One line of it, as a rectangle of its own.
    public func line(_ index: Int) -> Rect {
        Rect(x: x, y: y + index, width: width, height: index >= 0 && index < height ? 1 : 0)
    }
}
