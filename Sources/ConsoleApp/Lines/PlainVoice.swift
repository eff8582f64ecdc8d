public import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// What `--plain` says on a terminal: each change once, as a sentence that a screen reader can speak.
public struct PlainVoice: LineVoice {
    /// Sentences.
    public var form: OutputStreams.Form { .lines }

    private var findings = FindingWatch()
    private var changes = ChangeWatch()
    private var notes: [BackendKey: Set<String>] = [:]
    private var last = ""
    private var hasBegun = false
    private let targets: [String]
    private let takesWords: Bool

    /// Speaks about those targets; `takesWords` says whether `q` and Enter ends the program.
    public init(targets: [String], takesWords: Bool = true) {
        self.targets = targets
        self.takesWords = takesWords
    }

    /// The sentences about what is new; never the same one twice in a row.
    public mutating func lines(about state: ConsoleState, isSecond: Bool) -> [String] {
        var lines: [String] = []
        if !hasBegun {
            hasBegun = true
            let end = takesWords ? "; q and Enter ends" : ""
            lines.append("watching \(targets.joined(separator: ", "))\(end)")
        }
        lines += changes.changes(in: state).map(Self.sentence)
        if isSecond {
            // Of sessions only what needs a person: each run of each user would never end.
            lines += changes.sessionChanges(in: state).filter { $0.severity >= .warning }.map(Self.sentence)
        }
        lines += findings.changes(in: state).map(Self.sentence)
        for backend in state.backends { lines += newNotes(backend) }
        let fresh = lines.map(PlainText.sanitized).filter { line in
            defer { last = line }
            return line != last
        }
        return fresh
    }

    /// What a source remarks later than at its beginning: that something came which its sender should change.
    private mutating func newNotes(_ backend: BackendState) -> [String] {
        guard !backend.dialect.name.isEmpty else { return [] }
        let now = Set(backend.dialect.coverage.notes)
        guard let before = notes.updateValue(now, forKey: backend.key), before != now else { return [] }
        return now.subtracting(before).sorted().map { "\(backend.name): \($0)" }
    }

    private static func sentence(_ change: StateChange) -> String {
        let why = change.reason.map { ": \($0)" } ?? ""
        switch change.aspect {
        case .link: return "\(change.backendName): link \(change.to)\(why)"
        case .health: return "\(change.backendName): health \(turn(change))\(why)"
        case .verdict:
            return
                "\(change.backendName): \(change.subject.words) \(turn(change)), \(change.severity.rawValue)"
        case .outcome: return "\(change.backendName): creation on \(change.subject.words) \(change.to)\(why)"
        case .restart: return "\(change.backendName): restarted\(why)"
        case .session:
            let user = change.user.map { " of \($0)" } ?? ""
            return "\(change.backendName): \(change.subject.words)\(user) \(change.to)"
        }
    }

    private static func turn(_ change: StateChange) -> String {
        change.from.map { "changed from \($0) to \(change.to)" } ?? "is \(change.to)"
    }

    private static func sentence(_ change: FindingChange) -> String {
        let finding = change.row.finding
        let about = "\(finding.rule), \(finding.subject.words)"
        switch change.turn {
        case .raised: return "\(finding.severity.rawValue): \(about): \(finding.summary)"
        case .changed: return "now \(finding.severity.rawValue): \(about): \(finding.summary)"
        case .cleared: return "cleared: \(about)"
        }
    }
}

extension Subject {
    /// As a person says it: `path websocket`.
    fileprivate var words: String {
        switch self {
        case .path(let path): "path \(path)"
        case .session(let id, let owner): "session " + Self.words(id, owner)
        case .run(let id, let owner): "run " + Self.words(id, owner)
        case .dispatcher(let id): "dispatcher \(id)"
        case .backend(let name): "backend \(name)"
        }
    }
}
