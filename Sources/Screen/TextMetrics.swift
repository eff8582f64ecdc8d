/// How many columns each character takes.
///
/// A terminal fills the table from the same `wcwidth` that ncurses asks, so that
/// both always agree; tests use ``standard``, which needs no C library. One flat
/// table of 1.1 MB: it is made before the first paint, and finding what pages
/// have in common took longer than all the rest of that.
public struct TextMetrics: Sendable {
    /// How many Unicode scalars there are, surrogates included.
    public static let scalarCount = 0x11_0000

    private let widths: [Int8]

    /// Takes the width of every scalar from 0 on: 0, 1 or 2, or less than 0 when it cannot be shown.
    public init(widths: [Int8]) { self.widths = widths }

    /// The columns of a character: 0, 1 or 2; nil when it cannot be shown.
    public func width(_ scalar: UInt32) -> Int? {
        guard scalar < widths.count, (0...2).contains(widths[Int(scalar)]) else { return nil }
        return Int(widths[Int(scalar)])
    }

    /// The columns a text takes when it is drawn, controls and what cannot be shown as one column each.
    public func width(of text: String) -> Int {
        var total = 0
        for scalar in text.unicodeScalars {
            total += PlainText.isControl(scalar.value) ? 1 : width(scalar.value) ?? 1
        }
        return total
    }

    /// East Asian wide, emoji and combining characters by range: close to glibc 2.36, without asking it.
    public static let standard: TextMetrics = {
        var widths = [Int8](repeating: 1, count: scalarCount)
        for (width, ranges) in [(2, wide), (0, combining), (-1, unprintable)] as [(Int8, [ClosedRange<Int>])]
        {
            for range in ranges {
                widths.replaceSubrange(range, with: repeatElement(width, count: range.count))
            }
        }
        return TextMetrics(widths: widths)
    }()

    private static let unprintable = [0x01...0x1F, 0x7F...0x9F, 0xD800...0xDFFF]

    private static let combining = [
        0x00...0x00, 0x300...0x36F, 0x483...0x489, 0x591...0x5BD, 0x610...0x61A, 0x64B...0x65F,
        0x200B...0x200F,
        0x202A...0x202E, 0x2060...0x2064, 0x20D0...0x20F0, 0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF...0xFEFF,
        0xE0100...0xE01EF,
    ]

    private static let wide = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
        0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
        0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
        0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
        0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
