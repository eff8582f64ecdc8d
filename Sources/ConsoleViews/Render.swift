public import ConsoleModel
import PatternDetection
public import Screen
import WireProtocol

/// Draws one part of the console's state.
///
/// A view is a pure function: it reads the state, never a clock, a file or the
/// network, and changes nothing but the frame.
protocol View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame)
}

/// The whole screen for a state: title bar, breadcrumbs, the place that is shown, footer.
public func render(
    _ state: ConsoleState, width: Int, height: Int, metrics: TextMetrics = .standard, isASCII: Bool = false,
    keys: KeyMap = .standard
) -> Frame {
    var frame = Frame(width: width, height: height, metrics: metrics, isASCII: isASCII)
    let (title, rest) = frame.bounds.splitTop(1)
    let (crumbs, inner) = rest.splitTop(1)
    let (body, footer) = inner.splitBottom(1)
    if state.interface.isShowingHelp {
        HelpView.draw(state, keys, in: body, on: &frame)
    } else {
        state.interface.place.drawing.draw(state, in: body, on: &frame)
        if state.isCutOff { frame.dim(body) }
        if case .chooser(let cursor) = state.interface.overlay {
            ChooserDrawing.draw(state, cursor: cursor, in: body, on: &frame)
        }
    }
    TitleBar.draw(state, in: title, on: &frame)
    Breadcrumbs.draw(state, in: crumbs, on: &frame)
    Footer.draw(state, keys, in: footer, on: &frame)
    Footer.drawCandidates(state, in: body, on: &frame)
    return frame
}

extension Place {
    /// The compiler is the registry: a new place does not build without a view.
    fileprivate var drawing: any View.Type {
        switch self {
        case .view(.pulse): PulseView.self
        case .view(.sessions): SessionsView.self
        case .view(.paths): PathsView.self
        case .view(.dispatchers): DispatchersView.self
        case .view(.events): EventsView.self
        case .view(.findings): FindingsView.self
        case .view(.health): HealthView.self
        case .context: ContextView.self
        case .finding, .path, .dispatcher, .event, .check: PageView.self
        }
    }
}

extension ConsoleState {
    /// Whether no backend can be heard any more: what is shown is old.
    var isCutOff: Bool {
        !backends.isEmpty && backends.allSatisfy { $0.link.state == .lost || $0.link.state == .stale }
    }
}

extension Frame {
    /// Draws a part as old; selections stay visible.
    fileprivate mutating func dim(_ rect: Rect) {
        for line in 0..<rect.height { restyle(line: line, in: rect) { $0.role = .dim } }
    }
}
