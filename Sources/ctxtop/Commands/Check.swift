import ArgumentParser
import ConsoleApp
import ConsoleClient
import ConsoleModel
import PatternDetection

/// `ctxtop check TARGET…`: triage, once; the exit code says the worst.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Triage once: exit 0 ok, 1 warning, 2 critical, 3 unknown or unreachable.")

    @Argument(help: "URLs or NDJSON files.") var targets: [String]
    @Option(help: "\(CheckReport.Format.allCases.map(\.rawValue).joined(separator: "|"))")
    var format = CheckReport.Format.plain
    @Option(help: "The least severity that counts: notice|warning|critical.") var failOn = "warning"
    @Flag(help: "One line, for a status bar or a prompt.") var oneline = false
    @Flag(
        help: "Only the migration checklist: exit 0 all items done, 1 an item is open, 3 an item is unknown.")
    var checklist = false
    @Option(help: "Counts a probe as the paths' test: the JSON of ctxtop probe; may be repeated.")
    var probeResult: [String] = []
    @Option(help: "Watch live targets for so long before judging: 500ms, 2s, 1m.") var wait = "0s"
    @OptionGroup var flags: ConsoleFlags

    func run() async throws {
        guard let severity = Severity(rawValue: failOn), severity >= .notice else {
            throw ValidationError("--fail-on: \"\(failOn)\" is none of notice, warning, critical")
        }
        guard let wait = DurationText.parse(wait) else {
            throw ValidationError("--wait: \"\(wait)\" is no duration; write 500ms, 2s or 1m")
        }
        let options = try flags.options(targets)
        var state: ConsoleState
        do {
            let probes = try probeResult.map { path in (path, try ProbeResult(file: path)) }
            state = try await Collector.collect(options, wait: wait)
            for (path, probe) in probes { state = try Self.state(state, after: probe, path, options) }
        } catch let error where error is FileError || error is ProbeResult.Unreadable {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        let exit: Int
        if checklist {
            let report = ChecklistReport(state)
            try OutputStreams.writeOutput(report.text(format), format == .json ? .json : .lines)
            exit = report.exit
        } else {
            let report = CheckReport(state, failOn: severity)
            try OutputStreams.writeOutput(
                report.text(oneline ? .oneline : format), !oneline && format == .json ? .json : .lines)
            exit = report.exit
        }
        if exit != 0 { throw ExitCode(Int32(exit)) }
    }

    /// The state with a probe's results; of several targets, those of the address that was probed.
    private static func state(
        _ state: ConsoleState, after probe: ProbeResult, _ path: String, _ options: ConsoleOptions
    ) throws -> ConsoleState {
        let probed = try? BackendTarget(probe.url)
        let places = options.targets.indices.filter { place in
            if options.targets.count == 1 { return true }
            guard case .backend(let backend) = options.targets[place] else { return false }
            return backend.origin == probed?.origin
        }
        guard !places.isEmpty else {
            throw ValidationError(
                "--probe-result \(path): it is of \(probe.url), which is not one of the targets")
        }
        var store = Store(state)
        for place in places { _ = store.send(.probed(BackendKey(place), probe)) }
        return store.state
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
