import ArgumentParser
import AsyncHTTPClient
import ConsoleApp
import ConsoleClient
import ConsoleModel
import Foundation
import PatternDetection
import SyntheticUsers
import WireProtocol

/// `ctxtop probe TARGET`: one synthetic user per path does a real run; the exit code says what came of it.
struct Probe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a canary user on each path: exit 0 ok, 2 failed, 3 unreachable.",
        discussion: """
            Each canary opens a real session, asks for one run, and checks that the run ends, that its events
            keep the run grammar, and that nothing of anybody else is delivered to it. The canaries are named
            \(SyntheticMark.canaryPrefix)-PATH, by which the console's rules tell them from people.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case plain, json }

    @Argument(help: "The backend's URL.") var target: String
    @Option(help: "Only this path, \(Canary.paths.joined(separator: "|")); may be repeated.")
    var path: [String] = []
    @Option(help: "How many runs on each path, 1 to 20, one behind the other.") var runs = 1
    @Option(help: "At most so many runs per path and minute, 1 to 60.") var rate = 30.0
    @Option(help: "How long one run may take: 500ms, 30s, 1m.") var patience = "30s"
    @Option(help: "The canaries' tokens: lines USER TOKEN, as the backend's --users-file.")
    var usersFile: String?
    @Option(help: "plain|json") var format = Format.plain

    func run() async throws {
        let backend = try backend()
        guard let patience = DurationText.parse(patience), patience > .zero else {
            throw ValidationError("--patience: \"\(patience)\" is no duration; write 500ms, 30s or 1m")
        }
        let tokens = try tokens()
        let client = try HTTPClient.guarded(ClientOptions())
        let canary = Canary(
            origin: backend.origin, host: backend.host, port: backend.port, client: client, tokens: tokens)
        let paths = Canary.paths.filter { path.isEmpty || path.contains($0) }
        let verdicts = await withTaskGroup(of: [ProbeVerdict].self) { group in
            for path in paths { group.addTask { await visits(path, canary, patience) } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        try? await client.shutdown()
        let report = ProbeReport(
            backend.url,
            verdicts.sorted {
                paths.firstIndex(of: $0.run.path.rawValue) ?? 0
                    < paths.firstIndex(of: $1.run.path.rawValue) ?? 0
            })
        try OutputStreams.writeOutput(report.text(isJSON: format == .json), format == .json ? .json : .lines)
        if report.exit != 0 { throw ExitCode(Int32(report.exit)) }
    }

    /// The runs of one path, never faster than the rate.
    private func visits(_ path: String, _ canary: Canary, _ patience: Duration) async -> [ProbeVerdict] {
        var verdicts: [ProbeVerdict] = []
        for number in 1...runs {
            let visit = await canary.visit(path, patience: patience)
            verdicts.append(ProbeVerdict(ProbeRun(visit)))
            let rest = Duration.seconds(60 / rate) - visit.took
            if number != runs, rest > .zero { try? await Task.sleep(for: rest) }
        }
        return verdicts
    }

    private func backend() throws -> BackendTarget {
        let unknown = path.filter { !Canary.paths.contains($0) }
        guard unknown.isEmpty else {
            throw ValidationError(
                "--path: there is no \"\(unknown[0])\"; write one of \(Canary.paths.joined(separator: ", "))")
        }
        guard (1...20).contains(runs), (1...60).contains(rate) else {
            throw ValidationError("--runs takes 1 to 20, --rate takes 1 to 60 a minute")
        }
        let backend: BackendTarget
        do throws(TargetError) { backend = try BackendTarget(target) } catch {
            throw ValidationError(error.description)
        }
        guard backend.scheme == "http", !backend.namesPath else {
            throw ValidationError("\(target): a probe needs http://HOST:PORT, without TLS and without a path")
        }
        return backend
    }

    /// The canaries' tokens by name.
    private func tokens() throws -> [String: String] {
        guard let usersFile else { return [:] }
        if let refusal = SecretFile.refusal(usersFile) { throw ValidationError("\(usersFile): \(refusal)") }
        guard let text = try? String(contentsOfFile: usersFile, encoding: .utf8) else {
            OutputStreams.writeError(
                "ctxtop: cannot read \(usersFile); check that it exists and may be read")
            throw ExitCode(3)
        }
        var tokens: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2 { tokens[String(words[0])] = String(words[1]) }
        }
        let names = Canary.paths.filter { path.isEmpty || path.contains($0) }.map(SyntheticMark.canary)
        guard let missing = names.first(where: { tokens[$0] == nil }) else { return tokens }
        throw ValidationError("\(usersFile) has no line \"\(missing) TOKEN\"")
    }
}

extension ProbeRun {
    /// A canary's visit as the model judges it.
    init(_ visit: CanaryVisit) {
        self.init(path: ConsumerPath(rawValue: visit.path), user: visit.user)
        (session, run, events) = (visit.session, visit.run, visit.events)
        (failure, wasAnswered, took) = (visit.failure, visit.wasAnswered, visit.took)
    }
}
