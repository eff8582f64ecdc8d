import ConsoleModel
import PatternDetection
import WireProtocol

extension ConsoleState {
    /// What `--open VIEW:ID` means, when it is there already.
    func place(of view: ViewID, id: String) -> Place? {
        switch view {
        case .sessions:
            sessionTable().rows.first {
                $0.key.id.rawValue.hasSuffix(id)
                    || contextDetail($0.key)?.context?.id.rawValue.hasSuffix(id) == true
            }.map { .context($0.key) }
        case .paths: pathTable().rows.first { $0.record.path.rawValue == id }.map { .path($0.key) }
        case .dispatchers:
            dispatcherTable().rows.first { $0.record.id.rawValue.hasSuffix(id) }.map { .dispatcher($0.key) }
        case .findings: findingTable().rows.first { $0.finding.id == id }.map { .finding($0.finding.key) }
        case .health: healthTable().rows.first { $0.key.id == id }.map { .check($0.key) }
        case .events: Int(id).flatMap { eventRow($0) != nil ? .event($0) : nil }
        case .pulse: nil
        }
    }
}
