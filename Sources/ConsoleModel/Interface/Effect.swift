import WireProtocol

/// Work that the store asks the run loop to do.
public enum Effect: Equatable, Sendable {
    /// Leave the console.
    case quit
    /// Put this text on the clipboard (OSC 52); it may hold line breaks.
    case copy(String)
    /// Draw with the theme of that name from now on; it is one of ``InterfaceSettings/themes``.
    case setTheme(String)
    /// Send this to the backend; answer with ``Action/performed(_:_:)``.
    case perform(ActionRequest)
    /// Keep this for the next console; the whole value replaces what was kept.
    case remember(Remembered)
    /// Watch one more backend, by URL; answer with ``Action/addBackend(_:url:)`` or ``Action/say(_:_:)``.
    case connect(String)
    /// Have the terminal report clicks and the wheel, or not.
    case mouse(Bool)
    /// Write the report as Markdown to that file; empty for a name of the run loop's choice. Answer with ``Action/say(_:_:)``.
    case writeReport(String)
}
