import ArgumentParser
import ConsoleApp
import ConsoleModel
import PatternDetection

/// `ctxtop explain ID`: what a rule, verdict, evidence field, why link or signature means, and what to do.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a rule, verdict, evidence field, why link or failure signature.")

    @Argument(
        help:
            "For instance creation-failing, hollow, tool_classes, why-pattern-mismatch, T03; or a kind, such as rules."
    ) var id: String

    func run() throws {
        if let kind = Explanation.Kind.allCases.first(where: { $0.rawValue + "s" == id }) {
            return try OutputStreams.writeOutput(ExplanationText.list(kind))
        }
        guard let found = Explanation.of(id) else {
            OutputStreams.writeError(
                "ctxtop: there is no rule, verdict, field, link or signature \"\(id)\"; these are known:")
            OutputStreams.writeError("  " + Explanation.all.map(\.id).joined(separator: " "))
            throw ExitCode(64)
        }
        try OutputStreams.writeOutput(ExplanationText.text(found))
    }
}
