public import ConsoleClient
public import ConsoleModel
public import ConsoleViews
public import Dialects
public import PatternDetection
public import Terminal
public import WireProtocol

/// What a command line asks of a console, checked.
public struct ConsoleOptions: Sendable {
    /// What to watch.
    public var targets: [ConsoleTarget] = []
    /// How backends are asked.
    public var client = ClientOptions()
    /// A dialect that is not looked for but given.
    public var dialect: Dialect?
    /// What the keys do.
    public var keys = KeyMap.standard
    /// What the interface is told about the configuration.
    public var interface = InterfaceSettings()
    /// Where themes come from.
    public var themes = ThemeShelf.standard
    /// The targets of the configuration, by name.
    public var named: [String: BackendTarget] = [:]
    /// What the configuration says about single targets, by their URL.
    public var access: [String: TargetAccess] = [:]
    /// Where each setting comes from.
    public var origins = ConfigurationOrigins()
    /// The declared targets of `--expect`.
    public var expected: [ConsumerPath: Verdict] = [:]
    /// The settings of `--rule`.
    public var rules: [String: RuleSetting] = [:]
    /// The limits of `--rule`, by ``RuleLimit/key``.
    public var ruleLimits: [String: Int64] = [:]
    /// What the colours are.
    public var theme = Theme.builtIn
    /// Whether only ASCII is drawn.
    public var isASCII = false
    /// Whether colour is left out.
    public var isColourless = false
    /// The file that configuration is read from, whether or not it is there.
    public var configurationPath = ConfigurationFile.standardPath
    /// The shell command for each finding that becomes critical; nil for none.
    public var onCritical: String?
    /// Whether such a finding rings.
    public var bell = false
    /// What is kept from screens, copies and documents.
    public var redaction = Redaction.secrets
    /// Where it is noted what the console does; nil for nowhere.
    public var log: LogFile?
    /// Puts whatever else reads a receiver's messages between it and the console; nil for nothing.
    public var tap: (@Sendable (any MessageSource) -> any MessageSource)?
    /// Where the console opens, when not on Pulse.
    public var place: PlaceRequest?

    /// The defaults.
    public init() {}

    /// Whether some target goes on for ever.
    public var hasLiveTarget: Bool { targets.contains { if case .file = $0 { false } else { true } } }

    /// Reads a TARGET: a URL, else the path of a file that exists, else a name of the configuration.
    ///
    /// - Throws: ``TargetError`` when it is none of them.
    public func target(_ text: String) throws(TargetError) -> ConsoleTarget {
        let isFile = !text.contains("://") && TextFile.exists(text)
        if !isFile, let named = named[text] { return .backend(named) }
        return try ConsoleTarget(text, fileExists: { _ in isFile })
    }

    /// How that backend is asked.
    public func client(for target: BackendTarget) -> ClientOptions { access[target.url]?.client ?? client }

    /// Whether the certificate of some target is not checked.
    public var acceptsAnyCertificate: Bool {
        targets.contains {
            if case .backend(let target) = $0 { client(for: target).acceptsAnyCertificate } else { false }
        }
    }

    /// The receiver's source, through ``tap`` where there is one.
    func source(_ receiver: Receiver, _ links: ConsoleLinks) -> any MessageSource {
        let source = links.source(receiver)
        return tap?(source) ?? source
    }

    /// The dialect that is given for that backend.
    public func dialect(for target: BackendTarget) -> Dialect? { dialect ?? access[target.url]?.dialect }
}

/// What the configuration says about one target, with the command line's flags over it.
public struct TargetAccess: Sendable {
    /// How it is asked.
    public var client: ClientOptions
    /// Its dialect, when it is not to be looked for.
    public var dialect: Dialect?
}

/// One thing to watch.
public enum ConsoleTarget: Hashable, Sendable {
    case backend(BackendTarget)
    case file(path: String)
    case receiver(Receiver)

    /// The text that screens and documents show for it.
    public var url: String {
        switch self {
        case .backend(let target): target.url
        case .file(let path): path
        case .receiver(let receiver): receiver.url
        }
    }

    /// Reads a TARGET: a URL, else the path of a file that exists.
    ///
    /// - Throws: ``TargetError`` when it is neither.
    public init(_ text: String, fileExists: (String) -> Bool) throws(TargetError) {
        if !text.contains("://"), fileExists(text) {
            self = .file(path: text)
        } else {
            self = .backend(try BackendTarget(text))
        }
    }
}

/// Where `--open VIEW:ID` leads; the id is looked for when it has come.
public struct PlaceRequest: Hashable, Sendable {
    /// The view.
    public let view: ViewID
    /// What is opened from it, by its id or the end of it.
    public let id: String?

    /// Reads `VIEW` or `VIEW:ID`; `context:ID` is a session or context of the sessions view.
    public init?(_ text: String) {
        let sides = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let word = sides.first else { return nil }
        let wanted = word == "context" ? "sessions" : word
        guard let view = ViewID.allCases.first(where: { $0.word == wanted }) else { return nil }
        self.view = view
        id = sides.count > 1 ? sides[1] : nil
    }
}
