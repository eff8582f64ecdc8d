import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 4: probes are run, and this path is not among those that passed.
    static let unprobedPath = WhyLink(
        id: "why-unprobed-path", level: .processGap,
        joins: "A probe's runs are on record for other paths or failed here; none passed on this one.",
        observe: "a probe's run on the path"
    ) { question in
        guard let path = question.path else { return nil }
        let (name, all) = (path.record.path, question.backend.memory.probes)
        let here = all[name] ?? ProbeTally()
        let elsewhere = all.filter { $0.key != name && $0.value.passed > 0 }.map(\.key).sorted()
        guard here.passed == 0, here.failed > 0 || !elsewhere.isEmpty else { return nil }
        let (statement, remedy) =
            here.failed > 0
            ? (
                "the probe of \(name) failed \(CountText.plural(here.failed, "time")) and nothing stopped for it",
                "Make the failing probe of \(name) stop the deploy."
            )
            : (
                "probes pass on \(elsewhere.map(\.rawValue).joined(separator: ", ")); none was run on \(name)",
                "Add \(name) to the probe: ctxtop probe without --path covers every path."
            )
        return Answer(
            headline: here.failed > 0 ? "Failing probe ignored" : "Path left out of the probe",
            statement: statement,
            evidence: ([name] + elsewhere).map { path in
                let tally = all[path] ?? ProbeTally()
                return ConsoleState.row(
                    "\(path).probes", "\(tally.passed) passed, \(tally.failed) failed", "events", at: tally.at
                )
            }, remedy: remedy)
    }
}
