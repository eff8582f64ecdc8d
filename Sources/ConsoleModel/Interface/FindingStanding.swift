import PatternDetection
import WireProtocol

/// What a person has said about a finding.
public enum FindingStanding: Hashable, Sendable {
    /// Nothing: it asks for attention.
    case open
    /// It was seen; it stands at the end until it goes and comes back.
    case acknowledged
    /// It stands at the end for so long.
    case snoozed(Duration)

    /// The words behind the rule: nothing, `acknowledged`, `snoozed 54m`.
    public var text: String {
        switch self {
        case .open: ""
        case .acknowledged: "acknowledged"
        case .snoozed(let left): "snoozed \(AgeText.age(left))"
        }
    }
}

extension ConsoleState {
    /// How long `z` snoozes.
    public static let snoozeTime = Duration.seconds(3600)

    /// What a person has said about a finding.
    public func standing(of finding: Finding) -> FindingStanding {
        let remembered = interface.remembered
        if remembered.acknowledged.isEmpty, remembered.snoozed.isEmpty { return .open }
        let key = memoryKey(finding.key)
        if let until = remembered.snoozed[key], until > now.milliseconds {
            return .snoozed(.milliseconds(until - now.milliseconds))
        }
        return remembered.acknowledged[key] == nil ? .open : .acknowledged
    }

    /// The findings that nobody has acknowledged or snoozed, most urgent first.
    public var openFindings: [Finding] { findings.filter { standing(of: $0) == .open } }

    /// What a finding is remembered by.
    func memoryKey(_ key: FindingKey) -> String { Remembered.key(backend(key.backend)?.url ?? "", key.id) }
}

extension Store {
    /// Acknowledges the selected finding, or takes that back.
    mutating func acknowledge() -> [Effect] {
        guard let finding = state.selectedFinding else { return [] }
        let key = state.memoryKey(finding.key)
        keepPlaceInQueue()
        if state.interface.remembered.acknowledged.removeValue(forKey: key) == nil {
            state.interface.remembered.acknowledged[key] = state.now.milliseconds
            state.interface.remembered.snoozed[key] = nil
            say("acknowledged; d takes it back, it asks again when it goes and comes back", .ok)
        } else {
            say("asks for attention again", .ok)
        }
        return remember()
    }

    /// Snoozes the selected finding, or takes that back.
    mutating func snooze() -> [Effect] {
        guard let finding = state.selectedFinding else { return [] }
        let key = state.memoryKey(finding.key)
        keepPlaceInQueue()
        if case .snoozed = state.standing(of: finding) {
            state.interface.remembered.snoozed[key] = nil
            say("asks for attention again", .ok)
        } else {
            let until = state.now + ConsoleState.snoozeTime
            state.interface.remembered.snoozed[key] = until.milliseconds
            say("snoozed until \(until.clock.prefix(5))Z; z takes it back", .ok)
        }
        return remember()
    }

    /// The next row of the queue is selected, so that a person can go on without moving.
    private mutating func keepPlaceInQueue() {
        guard state.interface.kind == .findings || state.interface.kind == .pulse,
            let selected = state.selectedRowID
        else { return }
        let rows = state.selectableRows().map(\.id)
        guard let index = rows.firstIndex(of: selected), index + 1 < rows.count else { return }
        select(rows[index + 1])
    }

    /// Asks the run loop to keep what is remembered, without what nobody needs any more.
    mutating func remember() -> [Effect] {
        let now = state.now.milliseconds
        touch()
        state.interface.remembered.snoozed = state.interface.remembered.snoozed.filter { $0.value > now }
        state.interface.remembered.trim()
        return [.remember(state.interface.remembered)]
    }

    /// Forgets what was said about findings that were here and are gone: when they come back they are new.
    mutating func forget(gone: [FindingKey]) {
        guard !state.interface.remembered.acknowledged.isEmpty else { return }
        for key in gone { state.interface.remembered.acknowledged[state.memoryKey(key)] = nil }
    }
}

extension Remembered {
    /// Keeps the newest of each kind.
    mutating func trim() {
        acknowledged = Self.newest(acknowledged)
        snoozed = Self.newest(snoozed)
        if bookmarks.count > Self.maximumBookmarks {
            bookmarks.removeFirst(bookmarks.count - Self.maximumBookmarks)
        }
    }

    private static func newest(_ times: [String: Int64]) -> [String: Int64] {
        guard times.count > maximumFindings else { return times }
        let kept = times.sorted { $0.value > $1.value }.prefix(maximumFindings)
        return Dictionary(kept.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
