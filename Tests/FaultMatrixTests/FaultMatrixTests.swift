import Backend
import ConsoleModel
import Foundation
import PatternDetection
import Testing

/// Every fault of the backend through every rule: what each one provokes, and that it provokes nothing else.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FaultMatrixTests {
    /// A row of the matrix, and the rules that it must provoke at least.
    struct Row: Sendable {
        var faults: [String] = []
        /// What `--pattern` takes; the factory everywhere when nil.
        var patterns: String?
        /// What else is wrong with it, and how.
        var wrong: Wrong?
        let provokes: [String]

        var name: String {
            let names = faults + [patterns.map { "pattern " + $0 }, wrong?.name].compactMap { $0 }
            return names.isEmpty ? "none" : names.joined(separator: "+")
        }
    }

    /// What no flag sets.
    struct Wrong: Sendable {
        let name: String
        var prepare: @Sendable (inout BackendConfiguration) -> Void = { _ in }
        var play: @Sendable (Backend) async -> Void = { _ in }
    }

    /// Every fault alone, none, the lie about a broken path, every pattern that is worse than ok, and two more.
    static let rows: [Row] = [
        Row(faults: [], provokes: []),
        Row(faults: ["nil-dispatcher"], provokes: ["creation-failing", "pattern-missingComponent"]),
        Row(faults: ["missing-bridge"], provokes: ["creation-failing", "pattern-missingComponent"]),
        Row(faults: ["leak-dispatcher"], provokes: ["dispatcher-leaked"]),
        Row(faults: ["half-built"], provokes: ["dispatcher-half-built", "creation-failing"]),
        Row(faults: ["share-dispatcher"], provokes: ["dispatcher-shared"]),
        Row(faults: ["cross-user-event"], provokes: ["run-crossed"]),
        Row(faults: ["drop-event=tool_completed"], provokes: ["run-grammar"]),
        Row(faults: ["drop-event=tool_executing"], provokes: ["run-grammar"]),
        Row(faults: ["drop-event=agent_started"], provokes: ["run-grammar"]),
        Row(faults: ["drop-event=agent_completed"], provokes: ["run-unfinished"]),
        Row(faults: ["duplicate-event"], provokes: ["run-grammar"]),
        Row(faults: ["reorder"], provokes: ["run-grammar"]),
        Row(faults: ["stall"], provokes: ["run-stalled"]),
        Row(faults: ["silent-death"], provokes: ["run-unfinished"]),
        Row(faults: ["fallback-impersonation"], provokes: ["run-impersonated"]),
        Row(faults: ["slow-health"], provokes: ["health-slow"]),
        Row(faults: ["lying-health"], provokes: []),
        Row(faults: ["lying-health", "nil-dispatcher"], provokes: ["health-lies"]),
        Row(faults: ["flood"], provokes: ["event-flood"]),
        Row(patterns: "websocket=singleton", provokes: ["pattern-singleton"]),
        Row(patterns: "websocket=mixed", provokes: ["pattern-mixed", "legacy-unused"]),
        Row(patterns: "websocket=hollow", provokes: ["pattern-hollow"]),
        Row(patterns: "websocket=unconfigured", provokes: ["pattern-unconfigured", "creation-failing"]),
        Row(
            wrong: Wrong(name: "path goes back", play: { await $0.migrate(.http, to: .singleton) }),
            provokes: ["pattern-regressed"]),
        Row(
            wrong: Wrong(name: "one connection allowed", prepare: { $0.userLimits.connections = 1 }),
            provokes: ["limit-reached"]),
    ]

    /// Rules that nothing in this backend provokes, and why; their stories are all that tests them.
    static let unprovoked = [
        "backend-unreachable": "it answers as long as its process lives",
        "backend-restarting": "it takes processes that die; the replay of its snapshots is its story",
        "clock-skew": "one machine has one clock",
        "context-churn": "its users keep their sessions",
        "context-reused": "its context ids are UUIDv7",
        "dispatcher-evicted": "it refuses work at a limit and never takes a dispatcher away",
        "dispatcher-orphaned": "it disposes what it replaces",
        "events-lost": "its ring holds more than a matrix sends",
        "health-pessimistic": "its health endpoint never fails without a reason",
        "instances-mixed": "it is one process",
        "list-partial": "its snapshot lists everything that lives",
        "not-readable": "it refuses nothing to the console that watches it",
        "known-failure": "its error words are its own",
        "path-unregistered": "it has no way in that it does not declare",
        "pattern-factoryFallback": "it has neither an alias nor hard-coded classes",
        "replicas-mixed": "it is one process",
        "result-foreign": "its call ids are unique; cross-user-event shows as run-crossed",
        "reconnect-loop": "its users wait before they come back",
        "run-no-progress": "its runs send no heartbeat",
        "runs-failing": "its agents fail by chance, never all of them",
        "session-looping": "its scripted agent never asks twice",
        "session-waiting": "a question takes a minute to be overdue, longer than a matrix lasts",
        "startup-stuck": "it starts in milliseconds",
        "tool-events-missing": "no fault drops tool events before the bridge",
        "tool-failing": "its tools fail at a steady rate",
        "tool-slow": "its slow tool is always slow",
        "verdict-disagrees": "it runs the same function",
    ]

    /// The shortest watch: a finding that does not belong needs time to show itself.
    private static let shortest = Duration.seconds(6)
    /// The longest: only a machine that is very busy, or a rule that misses, gets there.
    private static let longest = Duration.seconds(45)

    @Test func everyFaultIsInTheMatrix() {
        let names = Set(Self.rows.flatMap(\.faults).map { String($0.prefix { $0 != "=" }) })
        #expect(names == Set(Fault.all.map(\.name)))
    }

    @Test func everyRuleIsInTheMatrixOrSaysWhyNot() throws {
        let found = Set(
            try Golden.rows("fault-findings").values.flatMap { $0.split(separator: ",") }.map(Self.rule))
        let all = Set(TriageRule.all.map(\.id))
        #expect(found.union(Self.unprovoked.keys) == all)
        #expect(found.intersection(Self.unprovoked.keys).isEmpty)
    }

    @Test func everyFaultProvokesItsRulesAndNoOther() async throws {
        let golden = try Golden.rows("fault-findings")
        let outcomes = try await withThrowingTaskGroup(of: (String, FaultWatch.Outcome).self) { group in
            var all: [String: FaultWatch.Outcome] = [:]
            var waiting = Self.rows[...]
            // Four at a time: each mostly waits.
            for row in waiting.prefix(4) { group.addTask { try await Self.watch(row, golden[row.name]) } }
            waiting = waiting.dropFirst(4)
            while let (name, outcome) = try await group.next() {
                all[name] = outcome
                guard let row = waiting.popFirst() else { continue }
                group.addTask { try await Self.watch(row, golden[row.name]) }
            }
            return all
        }
        var table: [String] = []
        for row in Self.rows {
            let outcome = try #require(outcomes[row.name])
            #expect(Set(row.provokes).isSubset(of: outcome.sightings.keys), "\(row.name)")
            #expect(outcome.events > 0, "\(row.name): nothing happened")
            table.append("\(row.name)  " + Self.words(outcome))
            for (rule, seen) in outcome.sightings.sorted(by: { $0.value.after < $1.value.after }) {
                // The promise is the rule's own limit and 2 s; a busy machine may not keep it, so it is read.
                print("matrix \(row.name): \(rule) after \(seen.after), lag \(seen.lag)  \(seen.subject)")
            }
        }
        try Golden.expect(table.joined(separator: "\n") + "\n", "fault-findings")
    }

    private static func watch(_ row: Row, _ golden: String?) async throws -> (String, FaultWatch.Outcome) {
        let wanted = golden.map { Set($0.split(separator: ",").map { rule(in: $0) }) }
        var watch = FaultWatch(faults: row.faults)
        if let patterns = row.patterns { watch.patterns = patterns }
        if let wrong = row.wrong { (watch.prepare, watch.play) = (wrong.prepare, wrong.play) }
        watch.limits = FaultWatch.matrixLimits
        let outcome = try await watch.run { outcome, elapsed in
            guard elapsed >= shortest, outcome.events > 0 else { return false }
            guard let wanted else { return elapsed >= shortest + shortest }
            return wanted.isSubset(of: outcome.sightings.keys) || elapsed >= longest
        }
        return (row.name, outcome)
    }

    /// `critical run-crossed` → `run-crossed`; `nothing` is no rule.
    private static func rule(in cell: Substring) -> String {
        let words = cell.split(separator: " ")
        return words.count == 2 ? String(words[1]) : ""
    }

    private static func words(_ outcome: FaultWatch.Outcome) -> String {
        let cells = outcome.sightings.map { "\($0.value.severity.rawValue) \($0.key)" }.sorted()
        return cells.isEmpty ? "nothing" : cells.joined(separator: ", ")
    }
}

/// The committed table.
enum Golden {
    private static func file(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
    }

    /// The cells of each row by the row's name; none while the table is recorded.
    static func rows(_ name: String) throws -> [String: String] {
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" { return [:] }
        var rows: [String: String] = [:]
        for line in try String(contentsOf: file(name), encoding: .utf8).split(separator: "\n") {
            guard let end = line.firstRange(of: "  ") else { continue }
            let cells = line[end.upperBound...]
            rows[String(line[..<end.lowerBound])] = cells == "nothing" ? "" : String(cells)
        }
        return rows
    }

    /// Compares a table with the committed one; `RECORD_GOLDEN=1` rewrites it and still fails.
    static func expect(_ text: String, _ name: String) throws {
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file(name))
            Issue.record("recorded \(name); read the difference")
            return
        }
        #expect(text == (try? String(contentsOf: file(name), encoding: .utf8)))
    }
}
