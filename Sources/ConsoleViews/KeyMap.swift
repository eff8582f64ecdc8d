public import ConsoleModel
import PatternDetection
public import Screen
import WireProtocol

/// Which key does what: the table of ``KeyTable`` with what the configuration changed in it.
///
/// Help, footer and dispatch are drawn from the same value, so that no key is
/// advertised that does nothing.
public struct KeyMap: Sendable {
    /// The bindings, in the order of help.
    public private(set) var bindings: [KeyBinding]

    /// The keys as they come.
    public static let standard = KeyMap()

    private init() { bindings = KeyTable.all }

    /// The keys with those of `rebound` in place of the table's own, by the binding's name; no key unbinds.
    ///
    /// - Throws: ``KeyMapError`` when a name is unknown, or two bindings would share a key on one screen.
    public init(rebound: [String: [Key]]) throws(KeyMapError) {
        bindings = KeyTable.all
        for (name, keys) in rebound.sorted(by: { $0.key < $1.key }) {
            guard let index = bindings.firstIndex(where: { $0.name == name }) else {
                throw .unknownName(name, known: bindings.map(\.name))
            }
            bindings[index].keys = keys
        }
        if let conflict = Self.conflict(in: bindings) { throw conflict }
    }

    /// The first two bindings that share a key on one screen.
    static func conflict(in bindings: [KeyBinding]) -> KeyMapError? {
        for kind in PlaceKind.allCases {
            var owners: [Key: String] = [:]
            for binding in bindings where binding.kinds.contains(kind) {
                for key in binding.keys {
                    if let owner = owners[key] { return .boundTwice(key, owner, binding.name, on: kind) }
                    owners[key] = binding.name
                }
            }
        }
        return nil
    }

    /// What a key does now; nil when nothing anywhere is bound to it. A key that does nothing here says why.
    ///
    /// While a prompt is open, keys type.
    public func action(for key: Key, in state: ConsoleState) -> Action? {
        if state.interface.prompt != nil { return PromptKeys.action(for: key, state.interface.prompt) }
        let bound = bindings.filter { $0.keys.contains(key) }
        guard !bound.isEmpty else { return nil }
        let kind = state.interface.kind
        guard let binding = bound.first(where: { $0.kinds.contains(kind) }) else {
            return .say(
                "\(key.name) does nothing in \(kind.word): it works in \(Self.places(bound))", .notice)
        }
        if let reason = binding.whyNot(state) { return .say("\(key.name): \(reason)", .notice) }
        return Page.scrolling(binding.action, state) ?? binding.action
    }

    /// Why a binding does nothing on this screen now; nil when it works.
    public func whyNot(_ binding: KeyBinding, in state: ConsoleState, on kind: PlaceKind) -> String? {
        if !binding.kinds.contains(kind) { return "works in \(Self.places([binding]))" }
        return binding.whyNot(state)
    }

    private static func places(_ bound: [KeyBinding]) -> String {
        let kinds = PlaceKind.allCases.filter { kind in bound.contains { $0.kinds.contains(kind) } }
        return kinds.map(\.word).joined(separator: ", ")
    }
}

/// What is wrong with rebound keys.
public enum KeyMapError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No binding has that name; `known` are those that there are.
    case unknownName(String, known: [String])
    /// Two bindings would share a key on one kind of screen.
    case boundTwice(Key, String, String, on: PlaceKind)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknownName(let name, let known):
            "no key binding is called \(name); there are \(known.joined(separator: " "))"
        case .boundTwice(let key, let first, let second, let kind):
            "\(key.name) is bound to \(first) and to \(second) in \(kind.word); give one of them another key"
        }
    }
}

/// A row of the key map: what to press, what it does, how help and footer describe it.
public struct KeyBinding: Sendable {
    /// What the configuration calls it.
    public let name: String
    /// Any of these keys.
    public internal(set) var keys: [Key]
    /// The whole description, for help.
    public let help: String
    /// The short one for the footer; nil keeps it out of there.
    public let hint: String?
    /// On which kinds of screen it does something.
    public let kinds: Set<PlaceKind>
    /// What it does.
    public let action: Action
    /// Why it does nothing now, in words; nil when it works.
    public let whyNot: @Sendable (ConsoleState) -> String?

    init(
        _ name: String, _ keys: [Key], _ help: String, hint: String? = nil,
        on kinds: Set<PlaceKind> = .places, _ action: Action,
        unless whyNot: @escaping @Sendable (ConsoleState) -> String? = { _ in nil }
    ) {
        self.name = name
        self.keys = keys
        self.help = help
        self.hint = hint
        self.kinds = kinds
        self.action = action
        self.whyNot = whyNot
    }
}

extension Set<PlaceKind> {
    /// Everything there is.
    static let all = Set(PlaceKind.allCases)
    /// Every place, without what lies on top of them.
    static let places = Set(PlaceKind.allCases).subtracting([.chooser, .help])
    /// The views with a table.
    static let tables: Set = [.sessions, .paths, .dispatchers, .events, .findings, .health]
    /// The tables whose columns sort; events stand in the order they came.
    static let sorted: Set = [.sessions, .paths, .dispatchers, .findings, .health]
    /// The places that are read like a page.
    static let pages: Set = [.finding, .path, .dispatcher, .event, .check]
    /// The places with something to open.
    static let openable = places.subtracting([.event, .check])
    /// The places with something to mark.
    static let markable = tables.union([.event, .context])
}
