import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 3: others wait in the same tool: it is the tool's service, not this user's work.
    static let sameToolElsewhere = WhyLink(
        id: "why-same-tool", level: .systemFailure,
        joins: "Open runs of other users, joined on the tool that this one waits in, past the same limit.",
        observe: "the same tool in other users' runs"
    ) { question in
        guard question.isAboutWork, let tool = question.run?.tools.last?.name, let user = question.run?.user
        else { return nil }
        let (state, backend) = (question.state, question.backend)
        let others = backend.runs.values.filter { run in
            run.state == .open && run.user != user && run.tools.contains { $0.name == tool }
                && state.stalledSince(run, in: backend) != nil
        }
        guard !others.isEmpty else { return nil }
        let users = Set(others.map(\.user)).count
        return Answer(
            headline: "Shared dependency",
            statement: "\(CountText.plural(users, "other user")) wait in \(state.text(tool)) as well",
            evidence: others.prefix(6).map {
                ConsoleState.row(
                    "run.tool", "\(state.text($0.user)) \(state.text($0.id))", "events",
                    at: $0.times.lastEventAt)
            }, remedy: "Look at what \(state.text(tool)) depends on; bound its queue and its time.")
    }
}
