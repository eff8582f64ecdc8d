import CNcurses
public import Screen

#if canImport(Glibc)
    import Glibc
#endif

/// The one owner of ncurses: it shows frames and reads keys.
///
/// Not `Sendable`: ncurses has one global screen and no lock, so exactly one
/// task may own this value. The terminal is given back when the value goes, and
/// by the shim's handlers when the process dies of a fatal signal.
public struct NcursesTerminal: ~Copyable {
    /// How many columns each character takes in this terminal.
    public let metrics: TextMetrics
    private let styles: [Style: UInt16]
    private var shown: Frame?

    /// Takes over the terminal of this process.
    ///
    /// - Parameter theme: nil draws without colour.
    /// - Throws: ``TerminalError`` when there is none, or an unknown one.
    public init(theme: Theme?) throws(TerminalError) {
        switch cn_open() {
        case 0: break
        case 2: throw .unknownTerminal(getenv("TERM").map { String(cString: $0) } ?? "")
        default: throw .notATerminal
        }
        styles = Self.register(theme)
        metrics = Self.metrics()
    }

    deinit { cn_close() }

    /// Gives the terminal back now.
    public consuming func close() {}

    /// Columns and lines.
    public var size: (width: Int, height: Int) { (Int(cn_columns()), Int(cn_rows())) }

    /// Follows the window's size; call it after ``TerminalWake/resized``.
    public func followSize() { cn_follow_size() }

    /// Shows a frame: only lines that differ from the last one are given to ncurses, nothing when none does.
    public mutating func show(_ frame: Frame) {
        let isSameSize = shown?.width == frame.width && shown?.height == frame.height
        var hasChanged = false
        for y in 0..<min(frame.height, size.height) {
            if isSameSize, let shown, frame.hasSameLine(y, as: shown) { continue }
            put(frame, y)
            hasChanged = true
        }
        if hasChanged { cn_flush() }
        shown = frame
    }

    private func put(_ frame: Frame, _ y: Int) {
        let start = y * frame.width
        let count = min(frame.width, size.width)
        var row: [cn_cell] = []
        row.reserveCapacity(count)
        for cell in frame.cells[start..<start + count] {
            row.append(
                cn_cell(scalar: cell.scalar, style: styles[cell.style] ?? 0, width: cell.width, reserved: 0))
        }
        cn_put_row(Int32(y), row, Int32(count))
        for x in 0..<count where frame.cells[start + x].marks > 0 {
            let cell = frame.cells[start + x]
            let cluster = [cell.scalar] + frame.marks[Int(cell.marks) - 1]
            cn_put_cluster(Int32(y), Int32(x), cluster, Int32(cluster.count), Int32(styles[cell.style] ?? 0))
        }
    }

    /// Has the next frame drawn whole, whatever was shown before.
    public mutating func redraw() {
        shown = nil
        cn_redraw()
    }

    /// Gives the terminal to the shell, stops the process, and takes the terminal again when it goes on.
    public mutating func suspend() {
        cn_suspend()
        cn_stop_process()
        cn_resume()
        redraw()
    }

    /// The next key that was pressed, or nil when there is none yet.
    public func nextKey() -> Key? {
        while true {
            let code = cn_read_key()
            if code == Int32(CN_NONE) { return nil }
            if let key = Self.key(code) { return key }
        }
    }

    private static func key(_ code: Int32) -> Key? {
        switch code {
        case Int32(CN_UP): .up
        case Int32(CN_DOWN): .down
        case Int32(CN_LEFT): .left
        case Int32(CN_RIGHT): .right
        case Int32(CN_PAGE_UP): .pageUp
        case Int32(CN_PAGE_DOWN): .pageDown
        case Int32(CN_HOME): .home
        case Int32(CN_END): .end
        case Int32(CN_BACKSPACE), 0x7F, 0x08: .backspace
        case Int32(CN_DELETE): .delete
        case Int32(CN_BACK_TAB): .backTab
        case Int32(CN_ENTER), 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 0x1B: .escape
        case 1...26: .control(Character(UnicodeScalar(UInt8(code) + 0x60)))
        case Int32(CN_FUNCTION) + 1...Int32(CN_FUNCTION) + 24:
            .function(Int(code - Int32(CN_FUNCTION)))
        case 0x20..<0x110000: UnicodeScalar(UInt32(code)).map { .character(Character($0)) }
        default: nil
        }
    }

    private static func register(_ theme: Theme?) -> [Style: UInt16] {
        let colors = cn_colors()
        var numbers: [Style: UInt16] = [:]
        for role in Style.Role.allCases {
            for isReversed in [false, true] {
                for isBold in [false, true] {
                    var attributes = isReversed ? UInt32(CN_REVERSE) : 0
                    if isBold { attributes |= UInt32(CN_BOLD) }
                    var (foreground, background) = (-1, -1)
                    if let found = theme?.colors[role], colors >= 8 {
                        foreground = colors >= 256 ? found.foreground : found.basic
                        background = colors >= 256 ? found.background : -1
                        attributes |= found.attributes
                    } else {
                        attributes |= Theme.monochromeAttributes(role)
                    }
                    let number = cn_style(Int32(foreground), Int32(background), attributes)
                    numbers[Style(role, isReversed: isReversed, isBold: isBold)] = UInt16(number)
                }
            }
        }
        return numbers
    }

    /// The widths of the C library that ncurses asks too; the standard table where it has no UTF-8 locale.
    private static func metrics() -> TextMetrics {
        var widths = [Int8](repeating: -1, count: TextMetrics.scalarCount)
        guard cn_widths(&widths) else { return .standard }
        return TextMetrics(widths: widths)
    }
}

/// Whether the user's locale can show more than ASCII.
public func localeShowsUTF8() -> Bool { cn_locale_is_utf8() }
