import ArgumentParser
import ConsoleApp
import ConsoleClient
import Dialects
import Foundation
import Terminal

/// `ctxtop doctor [TARGET…]`: what works and what to fix.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Terminal, locale, configuration, link, clock, permissions: what works, what to fix.",
        discussion:
            "Exits 0 when everything works, 1 when there is something to fix, 2 broken, 3 unreachable.")

    @Argument(help: "URLs or NDJSON files; none looks at this side only.") var targets: [String] = []
    @Flag(help: "Print the names that `ctxtop listen` reads, by SDK, and exit.") var sdks = false
    @OptionGroup var flags: ConsoleFlags

    func run() async throws {
        if sdks { return try OutputStreams.writeOutput(TelemetryNames.text) }
        let options = try flags.options(targets)
        let surroundings = Surroundings.own(
            environment: ProcessInfo.processInfo.environment, isUTF8: localeShowsUTF8(),
            glyphs: LocalDiagnosis.glyphs)
        let report: DoctorReport
        do { report = try await Examination.report(options, in: surroundings) } catch let error as FileError {
            OutputStreams.writeError("ctxtop: \(error)")
            throw ExitCode(3)
        }
        try OutputStreams.writeOutput(report.text)
        if report.exit != 0 { throw ExitCode(Int32(report.exit)) }
    }
}
