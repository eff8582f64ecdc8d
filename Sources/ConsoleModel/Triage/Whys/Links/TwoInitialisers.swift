import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 5, the seed's: two pieces of code initialise the same thing, each in its own way.
    static let twoInitialisers = WhyLink(
        id: "why-two-initialisers", level: .rootCause,
        joins:
            "The path's rows come from two initialisers, and the checklist's item \"initialization\" is open.",
        observe: "which code initialises the path, and the checklist's item \"initialization\""
    ) { question in
        guard let path = question.path, let item = question.item("initialization"), item.state == .open else {
            return nil
        }
        let rows = path.record.evidence.filter { $0.evidence.isTrusted && !$0.evidence.source.isEmpty }
        let sources = Set(rows.map(\.evidence.source)).sorted()
        guard sources.count > 1 else { return nil }
        let samples = sources.compactMap { source in rows.first { $0.evidence.source == source } }
        return Answer(
            headline: "No unified abstraction",
            statement:
                "\(sources.joined(separator: " and ")) initialise \(path.record.path) in parallel, each by its own "
                + "pattern: nothing makes a transition reach both",
            evidence: samples + [question.row(item)],
            remedy: "Let every path ask one place for its dispatcher, and detect the pattern only there.")
    }
}
