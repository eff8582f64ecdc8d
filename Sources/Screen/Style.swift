/// What a piece of text means, and whether it is marked; a theme decides the colours.
public struct Style: Hashable, Sendable {
    /// What the text means.
    public var role: Role
    /// Foreground and background change places: selections, so that colour alone says nothing.
    public var isReversed: Bool
    /// Heavier letters.
    public var isBold: Bool

    /// A role, unmarked unless said otherwise.
    public init(_ role: Role, isReversed: Bool = false, isBold: Bool = false) {
        self.role = role
        self.isReversed = isReversed
        self.isBold = isBold
    }

    /// What a text can mean; the raw value is the letter that golden style maps use.
    public enum Role: Character, CaseIterable, Sendable {
        case normal = "."
        case title = "t"
        case header = "h"
        case dim = "d"
        case ok = "o"
        case notice = "n"
        case warning = "w"
        case critical = "c"
        case accent = "a"
        case key = "k"
        case border = "b"
    }

    /// Plain text.
    public static let normal = Style(.normal)
    /// The bar at the top.
    public static let title = Style(.title, isReversed: true)
    /// A table's head.
    public static let header = Style(.header, isBold: true)
    /// What matters less.
    public static let dim = Style(.dim)
    /// Lines between panes.
    public static let border = Style(.border)
    /// A key that can be pressed.
    public static let key = Style(.key, isBold: true)

    /// The letter of golden style maps: the role's, in capitals when reversed (`R` for plain text).
    public var letter: Character {
        guard isReversed else { return role.rawValue }
        return role == .normal ? "R" : Character(role.rawValue.uppercased())
    }
}
