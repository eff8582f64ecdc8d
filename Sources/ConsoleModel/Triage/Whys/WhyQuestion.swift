import PatternDetection
import WireProtocol

/// A finding with everything its ids lead to, and the answers so far.
struct WhyQuestion {
    let finding: Finding
    let state: ConsoleState
    let backend: BackendState
    /// The path it is about, or that its session or run came in by.
    private(set) var path: PathState?
    private(set) var session: SessionState?
    private(set) var run: RunState?
    private(set) var dispatcher: DispatcherState?
    /// The answers to the whys above.
    var earlier: [Why] = []

    /// Joins on ids: subject, then run → session → dispatcher and path.
    init?(_ finding: Finding, _ state: ConsoleState) {
        guard let backend = state.backend(finding.backend) else { return nil }
        self.finding = finding
        self.state = state
        self.backend = backend
        func find(_ id: some WireIdentifier) -> Symbol { state.symbols.find(id.rawValue) ?? .none }
        switch finding.subject {
        case .path(let path): self.path = state.symbols.find(path.rawValue).flatMap { backend.paths[$0] }
        case .session(let id, let owner):
            session = backend.sessions.place(id, of: owner, state.symbols).map { backend.sessions.values[$0] }
        case .run(let id, let owner):
            run = backend.runs.place(id, of: owner, state.symbols).map { backend.runs.values[$0] }
        case .dispatcher(let id): dispatcher = backend.dispatchers[find(id)]
        case .backend: break
        }
        if session == nil, let run { session = backend.sessions[run.session] }
        if session == nil, let record = dispatcher?.record, let id = record.session {
            session = backend.sessions.place(id, of: record.user, state.symbols).map {
                backend.sessions.values[$0]
            }
        }
        if run == nil, let session { run = backend.runs[session.lastRun] }
        if dispatcher == nil, let session { dispatcher = backend.dispatchers[session.dispatcher] }
        let symbol = [session?.path, run?.path].compactMap { $0 }.first { !$0.isNone }
        if path == nil, let symbol { path = backend.paths[symbol] }
        // A backend's own finding is about the path that fails, where there is one.
        if path == nil, case .backend = finding.subject {
            path = backend.paths.values.first {
                $0.record.lastOutcome.status == .error
                    || ($0.judgement.verdict != .unknown && !$0.judgement.verdict.canDispatch)
            }
        }
    }

    /// The path's name, or `this path`.
    var pathName: String { path?.record.path.rawValue ?? "this path" }

    /// The received row of that field, the last one where there are several.
    func row(_ field: EvidenceField) -> EvidenceRecord? {
        path?.record.evidence.last { $0.evidence.field == field && $0.evidence.isTrusted }
    }

    /// The checklist's item of that name, the backend's word first.
    func item(_ id: String) -> ChecklistRecord? { state.checklist(backend).first { $0.id == id } }

    /// A checklist item as a row: what it says, and what was seen for it.
    func row(_ item: ChecklistRecord) -> EvidenceRecord {
        let seen = item.evidence.map { "\($0.evidence.field): \($0.evidence.value)" }.joined(separator: "; ")
        return ConsoleState.row(
            "checklist.\(item.id)",
            "\(item.state.rawValue): \(item.text)" + (seen.isEmpty ? "" : " (\(seen))"),
            "checklist", at: item.evidence.compactMap(\.at).max())
    }

    /// What the links of a level would have needed, the one that fits this question best.
    func missing(at level: WhyLevel) -> String {
        let links = WhyLink.all.filter { $0.level == level }
        let isAboutPath = run == nil && session == nil && dispatcher == nil
        let wanted: String? =
            switch level {
            case .symptom: nil
            case .immediateCause:
                isAboutPath
                    ? nextRow
                    : run?.tools.isEmpty == false
                        ? "the end of the tool call" : "the run's next event, or its dispatcher's last state"
            case .systemFailure:
                isAboutPath
                    ? "the pattern and the outcomes of another path of \(backend.name)"
                    : "the same tool, dispatcher or path for another user"
            case .processGap:
                "a probe of \(pathName): ctxtop probe \(backend.url) --path \(pathName)"
            case .rootCause:
                "the checklist's rows about \(pathName): which code initialises it, and who declared it"
            }
        return wanted ?? links.first?.observe ?? "more"
    }

    /// The first row that the pattern links need and do not have.
    private var nextRow: String {
        guard path != nil else { return "a path's evidence" }
        let requires = row(.requires)
        if requires == nil { return "which component \(pathName)'s own code requires (a row \"requires\")" }
        let component = requires?.evidence.value ?? ""
        if row(EvidenceField(rawValue: component)) == nil {
            return "what stands in \(component) after start-up (a row \"\(component)\")"
        }
        return "why \(component) is not set: tool_classes after start-up"
    }
}
