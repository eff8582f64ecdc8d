import ContextMonitor
import PatternDetection
import WireProtocol

/// A migration tried out before it is done: every path that is to move really makes a dispatcher and disposes it.
struct Rehearsal: Sendable {
    /// What came of one path.
    struct Row: Sendable, Equatable {
        /// The path.
        let path: ConsumerPath
        /// How the path would be judged.
        let verdict: Verdict
        /// Why no dispatcher could be made; nil when it could.
        let error: String?

        /// The row as the route answers with it.
        var json: JSONValue {
            var row: JSONObject = [
                "path": .string(path.rawValue), "detected": .string(verdict.description),
                "status": error == nil ? "ok" : "error",
            ]
            row.set("error", error)
            return .object(row)
        }
    }

    /// The paths in their order.
    let rows: [Row]

    /// Whether every path could make a dispatcher.
    var passed: Bool { rows.allSatisfy { $0.error == nil } }

    /// Makes and disposes one dispatcher for each state, of a user that nobody is.
    static func run(
        _ states: [ConsumerPath: PathState], with factory: DispatcherFactory, at moment: Timestamp
    ) async -> Rehearsal {
        var rows: [Row] = []
        for (path, state) in states.sorted(by: { $0.key < $1.key }) {
            let verdict = PatternDetector.judge(path, state.evidence(of: path)).verdict
            let error = await factory.rehearse(path, in: state, at: moment)
            rows.append(Row(path: path, verdict: verdict, error: error))
        }
        return Rehearsal(rows: rows)
    }
}
