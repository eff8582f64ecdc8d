import ArgumentParser
import Backend
import ConsoleApp

/// The console's command line; one file per command under `Commands/`.
@main struct Ctxtop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctxtop", abstract: "htop for user contexts: watch multi-user agent backends.",
        discussion: """
            TARGET is a URL (http://HOST[:PORT], with a path that address alone is asked), an NDJSON file
            with one event per line, or a name from [targets] of the configuration.
            """,
        version: "\(BackendVersion.text) (commit \(BuildCommit.text))",
        subcommands: [
            Open.self, Demo.self, Snapshot.self, Watch.self, Check.self, Explain.self, Doctor.self,
            Listen.self,
            Proxy.self, Config.self, Probe.self, Manual.self,
        ],
        defaultSubcommand: Open.self)

    /// Runs the command that the arguments name; what they contain is never printed raw, and a result that cannot
    /// be written whole is exit 3, whatever it would have said.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: end(with: error))
        }
    }

    /// Prints what ended a command; the code that it exits with.
    private static func end(with error: any Error) -> ExitCode {
        if let error = error as? OutputError {
            OutputStreams.writeError("ctxtop: \(error)")
            return ExitCode(3)
        }
        let (text, code) = (fullMessage(for: error), exitCode(for: error))
        guard code.isSuccess, !text.isEmpty else {
            if !text.isEmpty { OutputStreams.writeError(text) }
            return code
        }
        do throws(OutputError) { try OutputStreams.writeOutput(text + "\n") } catch {
            return end(with: error)
        }
        return code
    }
}
