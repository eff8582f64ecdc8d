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
    @Flag(help: "Only the migration checklist; exit 1 when an item is open.") var checklist = false
    @Option(help: "Watch live targets for so long before judging: 500ms, 2s, 1m.") var wait = "0s"
    @OptionGroup var flags: ConsoleFlags

    func run() async throws {
        guard let severity = Severity(rawValue: failOn), severity >= .notice else {
            throw ValidationError("--fail-on: \"\(failOn)\" is none of notice, warning, critical")
        }
        guard let wait = DurationText.parse(wait) else {
            throw ValidationError("--wait: \"\(wait)\" is no duration; write 500ms, 2s or 1m")
        }
        let state: ConsoleState
        do { state = try await Collector.collect(try flags.options(targets), wait: wait) } catch let error
            as FileError
        {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        let exit: Int
        if checklist {
            let report = ChecklistReport(state)
            OutputStreams.writeOutput(report.text(format))
            exit = report.exit
        } else {
            let report = CheckReport(state, failOn: severity)
            OutputStreams.writeOutput(report.text(oneline ? .oneline : format))
            exit = report.exit
        }
        if exit != 0 { throw ExitCode(Int32(exit)) }
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
