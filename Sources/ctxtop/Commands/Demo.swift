import ArgumentParser
import AsyncHTTPClient
import Backend
import ConsoleApp
import Logging
import ServiceLifecycle
import SyntheticUsers

/// `ctxtop demo`: an embedded backend with live users over real sockets, and the console on it.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Watch an embedded backend with live users.")

    @Option(help: "\(Scenario.all.map(\.name).joined(separator: "|"))") var scenario = "steady"
    @Option(help: "How many users, dealt over the three paths.") var users = 24
    @Option(help: "Runs per user and minute.") var rate = 6.0
    @Option(help: "The backend's port; a free one when 0.") var port = 0
    @Option(help: "When a broken path is fixed: 500ms, 20s, 1m.") var fixAfter = "60s"
    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() async throws {
        guard let story = Scenario.named(scenario) else {
            throw ValidationError("there is no scenario \"\(scenario)\"")
        }
        guard (1...10_000).contains(users), rate > 0, let fixAfter = DurationText.parse(fixAfter) else {
            throw ValidationError("--users 1 to 10000, --rate above 0, --fix-after 500ms, 20s or 1m")
        }
        // What is wrong with the flags or the configuration is said before anything starts.
        var checked = try flags.options([])
        try screen.apply(to: &checked)
        let running = RunningDemo(
            story, port: port, traffic: SyntheticTraffic(users: users, rate: rate),
            timing: ScenarioTiming(fixAfter: fixAfter))
        try await running.with { url in
            var all = try flags.options([url])
            try screen.apply(to: &all)
            guard OutputStreams.areTerminal else {
                try await Task.sleep(for: .seconds(3))
                return try await Snapshot.print(all, .plain, wait: .zero)
            }
            try await screen.plain ? Console.announce(all) : Console.open(all, flags, screen)
        }
    }
}
