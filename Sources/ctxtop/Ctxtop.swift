import ArgumentParser
import Backend

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
}
