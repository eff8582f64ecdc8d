import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 5: the path is on nobody's list, so no migration could reach it.
    static let pathOutsideTheList = WhyLink(
        id: "why-path-outside-list", level: .rootCause,
        joins: "The path was named by an event and by no declared list; the checklist's item \"paths\".",
        observe: "the list of declared paths"
    ) { question in
        guard let path = question.path, !path.isDeclared, let item = question.item("paths") else {
            return nil
        }
        return Answer(
            headline: "Consumer path not registered",
            statement: "\(path.record.path) is on no list of consumer paths, so no migration covers it",
            evidence: [
                ConsoleState.row("path", path.record.path.rawValue, "event", at: path.firstSeenAt),
                question.row(item),
            ], remedy: "Register every consumer path in one list that start-up, health and tests walk.")
    }
}
