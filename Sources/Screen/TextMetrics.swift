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

    /// The same widths without asking a C library: for tests, pipes, and machines without a UTF-8 locale.
    ///
    /// A character that is not assigned takes one column here; a C library says that it cannot be shown.
    public static let standard: TextMetrics = {
        var widths = [Int8](repeating: 1, count: scalarCount)
        func set(_ range: ClosedRange<UInt32>, _ width: Int8) {
            widths.replaceSubrange(
                Int(range.lowerBound)...Int(range.upperBound), with: repeatElement(width, count: range.count))
        }
        set(1...0x1F, -1)
        set(0x7F...0x9F, -1)
        set(0xD800...0xDFFF, -1)
        for range in WidthRanges.zero { set(range, 0) }
        for range in WidthRanges.two { set(range, 2) }
        widths[0] = 0
        return TextMetrics(widths: widths)
    }()
}
