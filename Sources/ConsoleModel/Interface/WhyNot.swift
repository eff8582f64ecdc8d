import PatternDetection
import WireProtocol

/// Why a key would do nothing now, in words for the footer; nil when it does something.
extension ConsoleState {
    /// Nothing to open.
    public var whyNotOpen: String? {
        guard let row = selectedRowID else { return "nothing is selected" }
        return place(behind: row) == nil ? "nothing lies behind this row" : nil
    }

    /// Nothing that needs attention.
    public var whyNoAttention: String? { openFindings.isEmpty ? "nothing needs attention" : nil }

    /// Nothing to look for on this page.
    public var whyNoMatch: String? { interface.table.search.isEmpty ? "/ says first what to look for" : nil }

    /// No finding to acknowledge or snooze.
    public var whyNoFinding: String? { selectedFinding == nil ? "no finding is selected" : nil }

    /// No action that could be asked for.
    public var whyNoAction: String? {
        if !interface.settings.allowsActions { return "read-only; start ctxtop with --allow-actions to act" }
        return possibleActions.isEmpty ? "nothing can be done to this row" : nil
    }

    /// The finding that is selected or shown.
    public var selectedFinding: Finding? {
        if case .finding(let key) = interface.place { return finding(key) }
        guard case .finding(let key)? = selectedRowID else { return nil }
        return finding(key)
    }
}
