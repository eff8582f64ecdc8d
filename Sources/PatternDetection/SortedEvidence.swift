/// One path's rows, sorted by what they can decide.
///
/// When a field was observed more than once, the last row counts: evidence is
/// appended as it is seen, and the others are disregarded, not lost.
struct SortedEvidence {
    private(set) var disregarded: [Evidence] = []
    private(set) var requirements: [Evidence] = []
    private var rows: [EvidenceField: Evidence] = [:]

    init(_ evidence: [Evidence]) {
        for row in evidence {
            if !row.isTrusted || !Self.isReadable(row) {
                disregarded.append(row)
            } else if row.field == .requires {
                requirements.append(row)
            } else if let earlier = rows.updateValue(row, forKey: row.field) {
                disregarded.append(earlier)
            }
        }
        requirements.sort { $0.value < $1.value }
    }

    /// Whether the row's value is one that its field can have.
    ///
    /// A field of an unknown name is readable when it holds a slot state,
    /// because a `requires` row may name it.
    private static func isReadable(_ row: Evidence) -> Bool {
        switch row.field {
        case .toolClasses: ToolClasses(value: row.value) != nil
        case .requires: !row.value.isEmpty && row.value != "nothing"
        case .bridgeSource, .toolClassesSource: true
        default: SlotState(value: row.value) != nil
        }
    }

    /// Whether anything here can decide: a requirement, tool classes or a slot that this version knows.
    var hasDecidingRow: Bool {
        !requirements.isEmpty || rows.keys.contains { EvidenceField.known.contains($0) }
    }

    private func state(_ field: EvidenceField) -> SlotState? {
        rows[field].flatMap { SlotState(value: $0.value) }
    }

    // MARK: The bridge

    var bridge: Evidence? { rows[.websocketBridge] }
    var bridgeAlias: Evidence? { rows[.agentWebsocketBridge] }

    /// A path needs a bridge when somebody looked for one there or its code insists on it.
    var needsBridge: Bool { bridge != nil || bridgeAlias != nil || requirement(of: .websocketBridge) != nil }
    var bridgeIsSet: Bool {
        state(.websocketBridge) == .present || state(.agentWebsocketBridge) == .present
    }

    // MARK: The legacy slot

    /// The slot that this path reads: the supervisor's when anybody reported a supervisor, else the global one.
    private var legacyField: EvidenceField {
        readsSupervisor ? .supervisorDispatcher : .toolDispatcher
    }
    private var readsSupervisor: Bool {
        rows[.agentSupervisor] != nil || rows[.supervisorDispatcher] != nil
    }
    var legacyRow: Evidence? { rows[legacyField] }
    var legacyState: SlotState { state(legacyField) ?? .absent }
    var holderRow: Evidence? { rows[.agentSupervisor] }

    /// The slot or its holder exists, whether or not it holds anything.
    var legacyHolderExists: Bool {
        legacyState != .absent || [.nil, .present].contains(state(.agentSupervisor) ?? .absent)
    }

    // MARK: Tool classes

    var classesRow: Evidence? { rows[.toolClasses] }
    var classes: ToolClasses? { classesRow.flatMap { ToolClasses(value: $0.value) } }

    /// The rows that say the factory was reached by a detour.
    var fallbackRows: [Evidence] {
        var found: [Evidence] = []
        if let alias = bridgeAlias, state(.agentWebsocketBridge) == .present,
            state(.websocketBridge) != .present
        {
            found.append(alias)
        }
        if let row = rows[.bridgeSource], row.value != "primary", row.value != "websocket_bridge" {
            found.append(row)
        }
        if let row = rows[.toolClassesSource], row.value == "fallback" { found.append(row) }
        return found
    }

    // MARK: Requirements

    func requirement(of field: EvidenceField) -> Evidence? {
        requirements.first { $0.value == field.rawValue }
    }

    /// What stands where `component` is looked for; nobody having seen it counts as absent.
    ///
    /// `tool_dispatcher` means the slot that this path reads, and either bridge
    /// slot satisfies `websocket_bridge`.
    func component(_ component: EvidenceField) -> (row: Evidence?, state: SlotState) {
        switch component {
        case .toolDispatcher: return (legacyRow ?? holderRow, legacyState)
        case .websocketBridge: return (bridge ?? bridgeAlias, bridgeIsSet ? .present : .absent)
        case .toolClasses:
            if case .count? = classes { return (classesRow, .present) }
            return (classesRow, .absent)
        default: return (rows[component], state(component) ?? .absent)
        }
    }

    // MARK: Contradictions

    /// The rows that would support another verdict than the one reached.
    func contradicting(_ verdict: Verdict, wins: Verdict?) -> [Evidence] {
        var found: [Evidence] = []
        let elsewhere = readsSupervisor ? rows[.toolDispatcher] : nil
        if let elsewhere, state(.toolDispatcher) == .present { found.append(elsewhere) }
        switch verdict {
        case .missingComponent, .unconfigured:
            if case .count? = classes, let classesRow { found.append(classesRow) }
            if legacyState == .present, let legacyRow { found.append(legacyRow) }
        case .mixed:
            if let loser = wins == .singleton ? classesRow : legacyRow { found.append(loser) }
        case .factory, .factoryFallback, .singleton, .hollow, .unknown: break
        }
        return found
    }
}
