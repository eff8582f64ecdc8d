public import ConsoleModel
import PatternDetection
import WireProtocol

/// The migration checklist with what was seen, and the map of every path; for pipelines.
public struct ChecklistReport: Sendable {
    private let state: ConsoleState

    /// Judges a state.
    public init(_ state: ConsoleState) { self.state = state }

    /// 1 when an item is open, else 3 when an item is unknown or a target has no checklist, else 0.
    public var exit: Int {
        let lists = state.backends.map { state.checklist($0) }
        if lists.joined().contains(where: { $0.state == .open }) { return 1 }
        if lists.isEmpty || lists.contains(where: \.isEmpty) { return 3 }
        return lists.joined().allSatisfy { $0.state == .done } ? 0 : 3
    }

    /// The report in plain lines, Markdown or JSON.
    public func text(_ format: CheckReport.Format) -> String {
        switch format {
        case .json:
            JSONValue.object([
                "schema": "ctxtop.checklist/1", "exit": .integer(Int64(exit)),
                "backends": .array(
                    state.backends.map { backend in
                        [
                            "name": .string(backend.name),
                            "checklist": .array(state.checklist(backend).map(\.json)),
                        ]
                    }),
            ]).prettyText + "\n"
        case .markdown: CheckReport.text(lines(done: "- [x]", open: "- [ ]", unknown: "- [ ]"))
        case .plain, .nagios, .oneline:
            CheckReport.text(lines(done: "done   ", open: "OPEN   ", unknown: "unknown"))
        }
    }

    private func lines(done: String, open: String, unknown: String) -> [String] {
        var lines: [String] = []
        for backend in state.backends {
            let items = state.checklist(backend)
            lines.append(
                "\(backend.name)  "
                    + (items.isEmpty ? "no checklist: no path is known" : backend.verdict.summary))
            for item in items {
                let mark =
                    switch item.state {
                    case .done: done
                    case .open: open
                    case .unknown: unknown
                    }
                let seen = item.evidence.map { "\($0.evidence.field): \($0.evidence.value)" }
                lines.append(
                    "  \(mark)  \(item.text)" + (seen.isEmpty ? "" : "  (\(seen.joined(separator: "; ")))"))
            }
        }
        return lines + state.coverageLines()
    }
}
