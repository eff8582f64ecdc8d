import ArgumentParser
import Backend
import ContextMonitor
import Foundation
import Logging
import PatternDetection
import SyntheticUsers

/// The flags of `serve`, as DESIGN.md names them.
struct ServeOptions: ParsableArguments {
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8700
    @Option(help: "factory|singleton|mixed|hollow|unconfigured for all paths, or PATH=PATTERN,…")
    var pattern = "factory"
    @Option(help: "The declared target of a path, PATH=PATTERN; may be repeated.")
    var expect: [String] = []
    @Option(
        help: "Something that goes wrong; may be repeated. \(Fault.all.map(\.name).joined(separator: ", "))")
    var fault: [String] = []
    @Flag(help: "Let a living singleton stand in where a factory fails; counted, never silent.")
    var allowLegacyFallback = false
    @Flag(help: "Let prompts, arguments and results travel to operators.")
    var exposePayloads = false
    @Option(help: "Who the users are: lines USER TOKEN [tools=NAME,…].")
    var usersFile: String?
    @Option(help: "Who the operators are: lines TOKEN NAME read[,act].")
    var tokenFile: String?
    @Flag(help: "No tokens needed on loopback; the header X-Ctxtop-User names the user.")
    var insecureLoopback = false
    @Flag(help: "Add /v1/echo, a WebSocket that echoes.")
    var echo = false
    @Option(
        name: .customLong("traffic"), help: "Run synthetic users against itself: USERS[:RUNS PER MINUTE].")
    var trafficText: String?
    @Option(help: "How many seconds running runs may go on when the server stops.")
    var drainTimeout = 10
    @Option(help: "How many seconds a context lasts after it last got work.")
    var contextDeadline = 3600
    @Option(help: "How many WebSocket connections one user may have.")
    var userConnections = UserLimits().connections
    @Option(help: "How many sessions and jobs, each with its dispatcher, one user may have.")
    var userDispatchers = UserLimits().dispatchers
    @Option(help: "How many runs one user may have under way.")
    var userRuns = UserLimits().runs
    @Option(help: "How many messages of one user may wait for a run of their session to end; 0: none.")
    var userQueued = UserLimits().queued
    @Option(help: "How many connections are served at the same time; by default what ulimit -n permits.")
    var connections = ConnectionLimits().all
    @Option(help: "How many connections one address may have, except those of this machine.")
    var addressConnections = ConnectionLimits().ofOneAddress
    @Option(help: "human|immediate: how long agents think; immediate for benchmarks.")
    var pace = AgentPaceName.human
    @Option(help: "trace|debug|info|notice|warning|error|critical")
    var logLevel = Logger.Level.notice

    /// The load of `--traffic`.
    var traffic: SyntheticTraffic? { trafficText.flatMap { SyntheticTraffic(parsing: $0) } }

    mutating func validate() throws {
        if trafficText != nil, traffic == nil {
            throw ValidationError(
                "--traffic takes USERS[:RATE]: 1 to 10,000 users, up to 6,000 runs a minute each")
        }
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port takes 0 to 65535; 0 takes a free one")
        }
        guard drainTimeout >= 0 else { throw ValidationError("--drain-timeout takes seconds from 0 on") }
        guard min(contextDeadline, userConnections, userDispatchers, userRuns) >= 1, userQueued >= 0 else {
            throw ValidationError(
                "--context-deadline and the limits of a user take numbers from 1 on, --user-queued from 0 on")
        }
        guard min(connections, addressConnections) >= 1 else {
            throw ValidationError("--connections and --address-connections must be 1 or more")
        }
        if insecureLoopback, !LoopbackHost.isNamed(host) {
            throw ValidationError(
                "--insecure-loopback needs --host localhost, 127.0.0.1 or ::1; use --token-file for \(host)")
        }
        _ = try backendConfiguration()
    }

    /// What the flags say, checked.
    func backendConfiguration() throws -> BackendConfiguration {
        var configuration = BackendConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.allowsLegacyFallback = allowLegacyFallback
        configuration.exposesPayloads = exposePayloads
        configuration.offersEcho = echo
        configuration.drainLimit = .seconds(drainTimeout)
        configuration.contextLimit = .seconds(contextDeadline)
        configuration.userLimits.connections = userConnections
        configuration.userLimits.dispatchers = userDispatchers
        configuration.userLimits.runs = userRuns
        configuration.userLimits.queued = userQueued
        configuration.connectionLimits.all = connections
        configuration.connectionLimits.ofOneAddress = addressConnections
        configuration.pace = pace.value
        do throws(PatternAssignmentError) {
            configuration.patterns = try PatternAssignment(parsing: pattern)
        } catch {
            throw ValidationError("--pattern: \(error)")
        }
        for text in fault {
            do throws(FaultSettingError) {
                configuration.faults.append(try FaultSetting(parsing: text))
            } catch {
                throw ValidationError("--fault: \(error)")
            }
        }
        for text in expect {
            let sides = text.split(separator: "=").map(String.init)
            guard sides.count == 2, let verdict = Verdict(sides[1]),
                ConsumerPath.all.contains(ConsumerPath(rawValue: sides[0]))
            else { throw ValidationError("--expect: \"\(text)\" is not PATH=PATTERN") }
            configuration.expected[ConsumerPath(rawValue: sides[0])] = verdict
        }
        configuration.operators =
            try tokenFile.map { .tokens(try parsed($0) { try OperatorToken.parse(file: $0) }) }
            ?? (insecureLoopback ? .insecureLoopback : .nobody)
        configuration.permissions =
            try usersFile.map { try parsed($0) { try UserAccess.permissions(file: $0) } } ?? ToolPermissions()
        configuration.users =
            try usersFile.map { try parsed($0) { try UserAccess.parse(file: $0) } }
            ?? (insecureLoopback ? .insecureLoopback : .tokens([:]))
        return configuration
    }

    /// What a file says; a file that cannot be read or understood is a usage error.
    private func parsed<Value>(_ path: String, _ parse: (String) throws -> Value) throws -> Value {
        if let refusal = TokenFile.refusal(path) { throw ValidationError("\(path): \(refusal)") }
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw ValidationError("cannot read \(path); check that it exists and may be read")
        }
        do { return try parse(text) } catch { throw ValidationError("\(path): \(error)") }
    }
}

/// The paces of agents that `--pace` takes.
enum AgentPaceName: String, ExpressibleByArgument, CaseIterable {
    case human, immediate

    /// What the backend takes.
    var value: AgentPace {
        switch self {
        case .human: .human
        case .immediate: .immediate
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
