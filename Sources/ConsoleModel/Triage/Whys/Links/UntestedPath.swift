import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 4, the seed's: nothing on record ever passed on this path.
    static let untestedPath = WhyLink(
        id: "why-untested-path", level: .processGap,
        joins:
            "The checklist's item \"tests\" is not done; no creation and no probe of the path ever passed.",
        observe: "the outcome of a probe or test of the path"
    ) { question in
        guard let path = question.path, path.record.created == 0, let item = question.item("tests"),
            item.state != .done
        else { return nil }
        let name = path.record.path
        let probes = question.backend.memory.probes[name] ?? ProbeTally()
        guard probes.passed == 0 else { return nil }
        let tested = question.backend.paths.values.filter { $0.record.created > 0 }.map(
            \.record.path.rawValue
        )
        .sorted()
        let others =
            tested.isEmpty
            ? "no path has one"
            : "only \(tested.joined(separator: " and ")) \(tested.count > 1 ? "have" : "has") one"
        return Answer(
            headline: "Missing integration tests",
            statement: "no passing probe, test or creation of \(name) is on record; \(others)",
            evidence: [
                question.row(item),
                ConsoleState.row(
                    "\(name).created", "0 of \(path.record.failed)", "creation",
                    at: path.record.lastOutcome.at),
                ConsoleState.row(
                    "\(name).probes", "\(probes.passed) passed, \(probes.failed) failed", "events",
                    at: probes.at),
            ], remedy: "Run ctxtop probe --path \(name) in the pipeline, and stop the deploy when it fails.")
    }
}
