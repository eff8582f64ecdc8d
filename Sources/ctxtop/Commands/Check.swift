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
    @Option(help: "plain|json|markdown") var format = CheckReport.Format.plain
    @Option(help: "The least severity that counts: notice|warning|critical.") var failOn = "warning"
    @OptionGroup var flags: ConsoleFlags

    func run() async throws {
        guard let severity = Severity(rawValue: failOn), severity >= .notice else {
            throw ValidationError("--fail-on: \"\(failOn)\" is none of notice, warning, critical")
        }
        let state: ConsoleState
        do { state = try await Collector.collect(try flags.options(targets)) } catch let error as FileError {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        let report = CheckReport(state, failOn: severity)
        OutputStreams.writeOutput(report.text(format))
        if report.exit != 0 { throw ExitCode(Int32(report.exit)) }
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
