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
    private var styles: StyleTable
    private var shown: Frame?
    private var title: String?
    /// Whether the mouse is reported.
    private var isMouseOn = false
    /// What was read ahead, and what is being pasted.
    var input = InputState()

    /// Takes over the terminal of this process.
    ///
    /// - Parameter theme: nil draws without colour.
    /// - Throws: ``TerminalError`` when there is none, an unknown one, or one that cannot move its cursor.
    public init(theme: Theme?) throws(TerminalError) {
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        switch cn_open(theme != nil && Self.hasTrueColour) {
        case Int32(CN_OPENED): break
        case Int32(CN_UNKNOWN_TERMINAL): throw .unknownTerminal(name)
        case Int32(CN_TOO_SIMPLE): throw .tooSimple(name)
        default: throw .notATerminal
        }
        styles = StyleTable(theme)
        metrics = Self.metrics()
    }

    deinit { cn_close() }

    /// Gives the terminal back now.
    public consuming func close() {}

    /// Columns and lines.
    public var size: (width: Int, height: Int) { (Int(cn_columns()), Int(cn_rows())) }

    /// Whether the terminal understands what xterm does: a clipboard, a title, marked pastes.
    public var isXtermLike: Bool { cn_is_xterm_like() }

    /// How many colours are drawn with.
    public var colourCount: Int { Int(cn_colors()) }

    /// Follows the window's size; call it after ``TerminalWake/resized``.
    public mutating func followSize() {
        let before = size
        cn_follow_size()
        // What a terminal does with its cells when it is resized is its own business.
        if size != before { redraw() }
    }

    /// Draws with another theme from the next frame on; nil draws without colour.
    public mutating func use(_ theme: Theme?) {
        styles = StyleTable(theme)
        redraw()
    }

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
        let row = frame.cells[start..<start + count].map { cell in
            cn_cell(scalar: cell.scalar, style: styles[cell.style], width: cell.width, reserved: 0)
        }
        cn_put_row(Int32(y), row, Int32(count))
        for x in 0..<count where frame.cells[start + x].marks > 0 {
            let cell = frame.cells[start + x]
            let cluster = [cell.scalar] + frame.marks[Int(cell.marks) - 1]
            cn_put_cluster(Int32(y), Int32(x), cluster, Int32(cluster.count), Int32(styles[cell.style]))
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
        resume()
    }

    /// Takes the terminal again after the process was stopped without being asked (SIGSTOP).
    public mutating func takeBack() {
        cn_suspend()
        resume()
    }

    private mutating func resume() {
        cn_resume()
        redraw()
        if let title { setTitle(title) }
    }

    /// Names the window; nothing that came over the wire may be in it, for some terminals give it back as input.
    public mutating func setTitle(_ text: String) {
        title = text
        cn_send_osc("2;" + String(PlainText.sanitized(text).unicodeScalars.filter { $0.isASCII }.prefix(80)))
    }

    /// Reports clicks and the wheel from now on, or no more.
    public mutating func setMouse(_ isOn: Bool) {
        guard isOn != isMouseOn else { return }
        isMouseOn = isOn
        cn_set_mouse(isOn)
    }

    /// Rings the bell.
    public func ring() { cn_bell() }

    /// The longest text that is copied, in bytes: xterm takes 100,000 bytes of base64.
    public static var maximumCopiedBytes: Int { 74_994 }

    /// Gives a text to the clipboard of the terminal (OSC 52); false when it is too long or cannot be known to arrive.
    public func copy(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumCopiedBytes else { return false }
        return cn_send_osc("52;c;" + ClipboardText.base64(bytes))
    }

    /// Whether the environment says that the terminal shows 24-bit colours; terminfo names seldom do.
    private static var hasTrueColour: Bool {
        ["truecolor", "24bit"].contains(getenv("COLORTERM").map { String(cString: $0) } ?? "")
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
