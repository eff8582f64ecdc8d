import ArgumentParser
import Backend

/// The backend's command line; one file per command under `Commands/`.
@main struct CtxtopBackend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctxtop-backend",
        abstract: "A real agent backend for many users, visible to ctxtop.",
        version: "\(BackendVersion.text) (commit \(BuildCommit.text))", subcommands: [Serve.self])
}
