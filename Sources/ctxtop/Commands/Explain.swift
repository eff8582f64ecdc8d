import ArgumentParser
import ConsoleApp
import ConsoleModel
import PatternDetection

/// `ctxtop explain ID`: what a rule or verdict means, its thresholds, its source, what to do.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Explain a rule or a verdict.")

    @Argument(help: "A rule, such as creation-failing, or a verdict, such as hollow.") var id: String

    func run() throws {
        guard let found = Explanation.of(id) else {
            OutputStreams.writeError("ctxtop: there is no rule or verdict \"\(id)\"; these are known:")
            OutputStreams.writeError("  " + Explanation.all.map(\.id).joined(separator: " "))
            throw ExitCode(64)
        }
        OutputStreams.writeOutput(
            """
            \(found.id)  (\(found.severity.rawValue))
            \(found.meaning)

            threshold  \(found.threshold)
            source     \(found.source)
            do         \(found.advice)

            """)
    }
}
