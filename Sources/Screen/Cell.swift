/// One terminal cell: a character and how to draw it.
public struct Cell: Hashable, Sendable {
    /// The base character; 0 in the cell behind a wide one.
    public var scalar: UInt32
    /// Which of the frame's ``Frame/marks`` stand on it, from 1; 0 for none.
    public var marks: UInt16
    /// How many columns it takes: 1 or 2; 0 in the cell behind a wide one.
    public var width: UInt8
    /// How it is drawn.
    public var style: Style

    /// A cell with one character.
    public init(_ scalar: UInt32, width: UInt8 = 1, style: Style = .normal) {
        self.scalar = scalar
        self.width = width
        self.style = style
        marks = 0
    }

    /// An empty cell.
    public static let blank = Cell(0x20)
}
