import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// Whole backends: start-up, restarts, clocks, connections, known failures.
    static let ofBackends: [RuleStory] = [
        RuleStory(
            "not-readable", fires: { refused("HTTP 401; a token is required", &$0) },
            spares: { refused(nil, &$0) },
            silent: { $0.receive(.refused(what: "/readyz", reason: "HTTP 401")) }),
        RuleStory(
            "list-partial", fires: { listed(200, of: 201, &$0) }, spares: { listed(200, of: 200, &$0) },
            silent: { $0.receive(.dialect(name: "x", coverage: .whole)) }),
        RuleStory(
            "backend-unreachable", fires: { lost(for: 30_001, &$0) }, spares: { lost(for: 30_000, &$0) },
            silent: { story in
                story.receive(.link(.ended, reason: "end of file", retryIn: nil))
                story.wait(.seconds(3600))
            }, turns: [("patience=10s", { lost(for: 20_000, &$0) })]),
        RuleStory(
            "instances-mixed", fires: { answers(["a", "b", "a"], &$0) },
            spares: { answers(["a", "b"], &$0) },
            silent: { answers(["a", "a", "b", "b", "c"], &$0) },
            turns: [
                (
                    "recent=1m",
                    { story in
                        answers(["a", "b", "a"], &story)
                        story.wait(.seconds(120))
                    }
                )
            ]),
        RuleStory(
            "startup-stuck", fires: { starting("cache", age: 301, &$0) },
            spares: { starting("cache", age: 300, &$0) },
            silent: { starting("complete", age: 86_400, &$0) },
            turns: [("grace=4m", { starting("cache", age: 300, &$0) })]),
        RuleStory(
            "known-failure", fires: { unserialised(600_000, &$0) }, spares: { unserialised(600_100, &$0) },
            silent: { story in
                story.event(.runStarted, "r-1")
                story.event(.runError, "r-1", ["message": "the model said no"])
            },
            turns: [
                ("recent=1h", { unserialised(600_100, &$0) }), ("grace=20s", { withoutHandlers(11, &$0) }),
            ]),
        RuleStory(
            "reconnect-loop", fires: { open(6, on: "websocket", &$0) },
            spares: { open(5, on: "websocket", &$0) },
            silent: { open(40, on: "websocket", user: "ctxtop-canary-websocket", &$0) },
            turns: [
                ("openings=5", { open(5, on: "websocket", &$0) }),
                ("within=2m", { open(6, on: "websocket", every: .seconds(15), &$0) }),
            ]),
        RuleStory(
            "context-churn", fires: { open(8, on: "http", &$0) }, spares: { open(7, on: "http", &$0) },
            silent: { open(40, on: "background", &$0) },
            turns: [
                ("contexts=7", { open(7, on: "http", &$0) }),
                ("within=10m", { open(8, on: "http", every: .seconds(60), &$0) }),
            ]),
        RuleStory(
            "backend-restarting", fires: { boots(["a", "b", "c"], &$0) }, spares: { boots(["a", "b"], &$0) },
            silent: { story in
                for round in 0..<3 {
                    for instance in ["web-1", "web-2"] {
                        story.snapshot { ($0.instance, $0.bootID) = (instance, "boot-of-\(instance)") }
                    }
                    story.wait(.seconds(round))
                }
            },
            turns: [
                ("restarts=1", { boots(["a", "b"], &$0) }),
                ("within=20m", { boots(["a", "b", "c"], every: .seconds(400), &$0) }),
            ]),
        RuleStory(
            "health-slow", fires: { latency([2_001], &$0) }, spares: { latency([2_000], &$0) },
            silent: { story in
                story.path(.onFactory)
                story.wait(.seconds(60))
            },
            turns: [
                ("latency=1s", { latency([2_000], &$0) }),
                ("clears=1900ms", { latency([3_000, 1_500], &$0) }),
            ]
        ),
        RuleStory(
            "health-contradicts",
            fires: { routes([("/health", .overall, .pass), ("/health/database", .part, .fail)], &$0) },
            spares: { routes([("/health", .overall, .pass), ("/health/database", .part, .warn)], &$0) },
            silent: { routes([("/livez", .liveness, .pass), ("/readyz", .readiness, .fail)], &$0) }),
        RuleStory(
            "clock-skew", fires: { skew([5_001], &$0) }, spares: { skew([5_000], &$0) },
            silent: { story in
                skew([9_000], &story)
                story.receive(.link(.ended, reason: nil, retryIn: nil))
            },
            turns: [("skew=4s", { skew([5_000], &$0) }), ("clears=4s", { skew([6_000, 3_000], &$0) })]),
        RuleStory(
            "events-lost", fires: { $0.custom(.gap, ["lost": 1]) }, spares: { $0.custom(.gap, ["lost": 0]) },
            silent: { $0.event(.stepStarted, "r-1", sequence: 9, ["stepName": "plan"]) }),
    ]

    private static func starting(_ phase: String, age seconds: Int, _ story: inout Story) {
        let now = story.now
        story.snapshot {
            $0.startup.phase = phase
            $0.startedAt = now + .seconds(-seconds)
        }
    }

    private static func unserialised(_ milliseconds: Int64, _ story: inout Story) {
        story.event(.runStarted, "r-1")
        story.event(.runError, "r-1", ["message": "Object of type X is not JSON serializable"])
        story.wait(.milliseconds(milliseconds - 100))
    }

    /// Signature T30: what every start looks like for a moment.
    static func withoutHandlers(_ seconds: Int, phase: String = "complete", _ story: inout Story) {
        starting(phase, age: seconds, &story)
        var health = HealthRecord(.warn)
        health.checks = [CheckRecord(name: "handlers", status: .warn)]
        health.checks[0].output = "ZERO handlers registered"
        story.receive(.health(health, body: []))
    }

    private static func open(
        _ times: Int, on path: String, user: String = "ada", every pause: Duration = .zero,
        _ story: inout Story
    ) {
        for number in 0..<times {
            let (run, session) = ("r-\(number)", "s-\(number)")
            story.event(.runStarted, run, user: user, session: session, path: path)
            story.custom(.session, ["change": "opened", "state": "idle"], user: user, session: session)
            story.event(.runFinished, run, user: user, session: session, path: path)
            if pause > .zero { story.wait(pause) }
        }
    }

    private static func boots(_ ids: [String], every pause: Duration = .zero, _ story: inout Story) {
        for id in ids {
            story.snapshot { $0.bootID = id }
            story.wait(pause)
        }
    }

    /// Answers of health routes, and a whole that is as well as its readiness.
    private static func routes(_ rows: [(String, HealthRouteKind, HealthStatus)], _ story: inout Story) {
        let unready = rows.contains { $0.1 == .readiness && $0.2 == .fail }
        var health = HealthRecord(unready ? .fail : .pass)
        health.checks = rows.map { name, kind, status in
            var check = CheckRecord(name: name, status: status)
            (check.kind, check.httpStatus, check.at) = (kind, status == .fail ? 503 : 200, story.now)
            return check
        }
        story.receive(.health(health, body: []))
    }

    private static func latency(_ answers: [Double], _ story: inout Story) {
        for milliseconds in answers {
            var health = HealthRecord(.pass)
            health.latencyMs = milliseconds
            story.receive(.health(health, body: []))
        }
    }

    private static func skew(_ milliseconds: [Int64], _ story: inout Story) {
        for skew in milliseconds {
            let now = story.now
            story.snapshot { $0.health.at = now + .milliseconds(skew) }
        }
    }
}

extension RuleStory {
    /// A list that was refused, and for a nil failure read afterwards.
    private static func refused(_ failure: String?, _ story: inout Story) {
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        story.receive(.read(ReadOutcome(.sessions, "GET /sessions", failure: "HTTP 401")))
        story.receive(.read(ReadOutcome(.sessions, "GET /sessions", failure: failure)))
    }

    private static func listed(_ read: Int, of total: Int, _ story: inout Story) {
        var coverage = Coverage.whole
        coverage.listed[.sessions] = .init(read: read, total: total)
        story.receive(.dialect(name: "x", coverage: coverage))
    }

    private static func lost(for milliseconds: Int64, _ story: inout Story) {
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        story.receive(.link(.lost, reason: "connection refused", retryIn: nil))
        story.wait(.milliseconds(milliseconds))
    }

    /// Snapshots of replicas of one name, told apart by their boots, a second apart.
    private static func answers(_ boots: [String], _ story: inout Story) {
        for boot in boots {
            story.snapshot { ($0.instance, $0.bootID) = ("web-1", boot) }
            story.wait(.seconds(1))
        }
    }
}
