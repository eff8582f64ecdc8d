import ContextMonitor
import HTTPTypes
import PatternDetection
import WireProtocol

extension OperatorRefusal {
    /// The refusal as RFC 9457 has it, with what to do.
    var problem: Problem {
        switch self {
        case .noSuchSession(let session): Problem(.notFound, "there is no live session \(session)")
        case .severalOwners(let id, let owners): Problem.severalOwners(of: "session \(id)", owners)
        case .noSuchDispatcher(let id): Problem(.notFound, "there is no live dispatcher \(id)")
        case .everybodys(let id):
            Problem(.conflict, "\(id) is the singleton that every user shares; migrate its path instead")
        case .unknownPath(let path):
            Problem(
                .notFound,
                "there is no path \(path); write all or one of "
                    + ConsumerPath.all.map(\.rawValue).joined(separator: ", "))
        case .unknownPattern(let pattern):
            Problem(
                .badRequest,
                "\"\(pattern)\" is no pattern; write {\"pattern\":\"P\"} with P one of "
                    + StartupPattern.selectable.map(\.rawValue).joined(separator: ", "))
        case .rehearsalFailed(let rows):
            Problem(
                .conflict,
                "nothing was switched; the rehearsal failed on "
                    + rows.map { "\($0.path): \($0.error ?? "")" }.joined(separator: "; "),
                members: ["paths": Rehearsal(rows: rows).json])
        }
    }
}

extension Rehearsal {
    /// Every row, as the route answers with it.
    var json: JSONValue { .array(rows.map(\.json)) }
}
