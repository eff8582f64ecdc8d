public import ConsoleModel
import PatternDetection
public import Screen
import WireProtocol

/// A row of the key map: what to press, what it does, how help and footer describe it.
public struct KeyBinding: Sendable {
    /// Any of these keys.
    public let keys: [Key]
    /// The whole description, for help.
    public let help: String
    /// The short one for the footer; nil keeps it out of there.
    public let hint: String?
    /// What it does.
    public let action: Action
    /// Where it does something; everywhere when nil.
    public let views: Set<ViewID>?

    init(_ keys: [Key], _ help: String, hint: String? = nil, in views: Set<ViewID>? = nil, _ action: Action) {
        self.keys = keys
        self.help = help
        self.hint = hint
        self.action = action
        self.views = views
    }
}

/// Every key the console answers. Add one here; help, footer and dispatch follow.
public enum KeyMap {
    /// The bindings, in the order of help.
    public static let all: [KeyBinding] =
        [
            KeyBinding([.enter], "open what is selected", hint: "open", .drill),
            KeyBinding([.escape], "close the prompt, clear the filter, leave the place", .back),
            KeyBinding([.character("q")], "back; quit from a view", hint: "back", .quitOrBack),
            KeyBinding([.control("c")], "quit", .quit),
            KeyBinding([.character("j"), .down], "next row", .moveSelection(by: 1)),
            KeyBinding([.character("k"), .up], "previous row", .moveSelection(by: -1)),
            KeyBinding([.character("g"), .home], "first row", .selectFirst),
            KeyBinding([.character("G"), .end], "last row", .selectLast),
            KeyBinding([.control("d"), .pageDown], "half a page down", .moveHalfPage(by: 1)),
            KeyBinding([.control("u"), .pageUp], "half a page up", .moveHalfPage(by: -1)),
            KeyBinding([.character("a")], "next row that needs attention", hint: "next", .nextAttention),
            KeyBinding([.character("A")], "previous row that needs attention", .previousAttention),
            KeyBinding(
                [.character("/")], "filter: ada state:stuck p95>2s /regex/ !not", hint: "filter", .beginFilter
            ),
            KeyBinding([.character(":")], "command: a view, user NAME, quit", hint: "command", .beginCommand),
            KeyBinding([.character("<")], "sort by the column before", .sortByPreviousColumn),
            KeyBinding([.character(">")], "sort by the next column", hint: "sort", .sortByNextColumn),
            KeyBinding([.character("r")], "turn the order round", .reverseSort),
            KeyBinding(
                [.character("p")], "pause: new events wait and are counted", hint: "pause", .togglePause),
            KeyBinding(
                [.character("F")], "follow the newest event", hint: "follow", in: [.events], .toggleFollow),
            KeyBinding([.character("e")], "next error", hint: "error", in: [.events], .nextError),
            KeyBinding([.character("E")], "previous error", in: [.events], .previousError),
            KeyBinding([.tab], "next section", .nextSection),
            KeyBinding([.backTab], "previous section", .previousSection),
            KeyBinding([.character("-")], "the view before", .lastView),
            KeyBinding([.character("[")], "back in what was seen", .historyBack),
            KeyBinding([.character("]")], "forward in what was seen", .historyForward),
            KeyBinding([.character("?")], "these keys", hint: "help", .toggleHelp),
        ]
        + ViewID.allCases.map { view in
            KeyBinding([.character(Character(String(view.rawValue)))], view.title, .show(view))
        }

    /// What a key does now; nil when nothing is bound to it.
    ///
    /// While a prompt is open, keys type.
    public static func action(for key: Key, in state: ConsoleState) -> Action? {
        if state.interface.prompt != nil { return promptAction(for: key) }
        return all.first { binding in
            binding.keys.contains(key) && (binding.views?.contains(state.interface.view) ?? true)
        }?.action
    }

    private static func promptAction(for key: Key) -> Action? {
        switch key {
        case .enter: .acceptPrompt
        case .escape, .control("c"): .cancelPrompt
        case .backspace: .deleteBackward
        case .tab: .completePrompt
        case .character(let character): .insert(String(character))
        default: nil
        }
    }
}
