import WireProtocol

/// One answer of `GET /threads/{id}/runs`, the newest run first, to be joined with what was known before.
struct LangGraphRunList {
    private let found: [LangGraphRun]
    /// Whether it may have been cut, so that older runs are missing in it and not deleted.
    private let isFull: Bool
    /// Whether it is the first list of its thread: what was over before is history.
    private let isFirst: Bool

    /// Reads a list of at most `limit` rows.
    init(_ rows: [JSONValue], limit: Int, isFirst: Bool, at moment: Timestamp) {
        found = rows.compactMap { LangGraphRun(json: $0, at: moment) }
        isFull = rows.count >= limit
        self.isFirst = isFirst
    }

    /// The runs of the list and the known ones that it does not name, each with all that is known of it.
    func joined(with known: [LangGraphRun], at moment: Timestamp) -> [LangGraphRun] {
        var runs = found
        let before = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for place in runs.indices {
            if let earlier = before[runs[place].id] {
                runs[place].keep(earlier)
            } else if isFirst, !runs[place].isOpen {
                runs[place].progress = .ended
            }
        }
        let listed = Set(found.map(\.id))
        let oldest = found.last?.createdAt
        for var run in known where !listed.contains(run.id) {
            let isBeyond = isFull && run.createdAt ?? moment <= oldest ?? moment
            guard isBeyond || run.isRunning || run.progress == .ended else { continue }
            // A rollback deletes its run.
            if !isBeyond, run.isRunning { run.status = "rollback" }
            runs.append(run)
        }
        return runs
    }
}
