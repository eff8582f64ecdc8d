import WireProtocol

/// One health route of a Netra backend: where, how often, and how far its answer can be believed.
struct NetraRoute: Sendable {
    /// The path.
    let path: String
    /// How often it is asked.
    let every: Duration
    /// How long an answer may take; some routes wait for databases.
    var timeout: Duration?
    /// Why an answer is not to be believed; nil when it is.
    var doubt: @Sendable (JSONValue) -> String? = { _ in nil }

    /// What an answer claims to tell.
    var kind: HealthRouteKind {
        switch path {
        case "/health", "/api/health/", "/unified/health": .overall
        default:
            switch HealthRoute.kind(of: path) {
            case .readiness: .readiness
            case .liveness: .liveness
            case .overall, .part: .part
            }
        }
    }

    /// The request for it.
    var request: DialectRequest { DialectRequest(path, .every(every), timeout: timeout) }

    /// Every route that is asked, in the order of the health view.
    ///
    /// Which answers are constants was found by running the platform in six
    /// states of start-up: these bodies did not differ but for their times.
    static let all: [NetraRoute] = [
        NetraRoute(path: "/health/live", every: .seconds(10), doubt: constant),
        NetraRoute(path: "/health/ready", every: .seconds(15), timeout: .seconds(8)),
        NetraRoute(path: "/health/startup", every: .seconds(30)),
        NetraRoute(path: "/health/agents", every: .seconds(15), doubt: fallback),
        NetraRoute(path: "/health/system", every: .seconds(30)),
        NetraRoute(path: "/health/database", every: .seconds(60), timeout: .seconds(8)),
        NetraRoute(path: "/health/infrastructure", every: .seconds(60), timeout: .seconds(8)),
        NetraRoute(path: "/health/authentication", every: .seconds(60)),
        NetraRoute(path: "/health/circuit-breakers", every: .seconds(30)),
        NetraRoute(path: "/health/backend", every: .seconds(60), doubt: constant),
        NetraRoute(path: "/unified/health/ready", every: .seconds(60), doubt: unconfigured),
        NetraRoute(path: "/api/health/", every: .seconds(60), timeout: .seconds(10)),
        NetraRoute(path: "/api/health/ready", every: .seconds(60), timeout: .seconds(10)),
        NetraRoute(path: "/api/health/live", every: .seconds(30), doubt: constant),
        NetraRoute(path: "/ws/health", every: .seconds(15), doubt: ownFault),
        NetraRoute(path: "/ws/config", every: .seconds(30), doubt: zeroConnections),
        NetraRoute(path: "/ws/beacon", every: .seconds(30), doubt: constant),
        stats,
        NetraRoute(path: "/ws/auth/health", every: .seconds(30)),
        NetraRoute(path: "/ws/isolated/stats", every: .seconds(60), doubt: constant),
        NetraRoute(path: "/ws/isolated/health", every: .seconds(60), doubt: claim),
        factoryStatus,
        NetraRoute(path: "/ws/factory/health", every: .seconds(60), doubt: constant),
        NetraRoute(path: "/api/circuit-breakers/status", every: .seconds(10)),
        NetraRoute(path: "/api/monitoring/isolation/health", every: .seconds(15)),
        NetraRoute(path: "/api/monitoring/isolation/violations?hours=1", every: .seconds(30)),
    ]

    /// The route that lists connections by user, where it works.
    static let stats = NetraRoute(path: "/ws/stats", every: .seconds(5))

    /// The route that counts what went which way, in older releases, or names a mode, in newer ones.
    static let factoryStatus = NetraRoute(path: "/ws/factory/status", every: .seconds(15), doubt: claim)

    private static let constant: @Sendable (JSONValue) -> String? = { _ in
        "a constant: it answers the same in every state of start-up"
    }

    /// The reader of a route whose answer has `mode` in it: a word of the backend about itself.
    private static let claim: @Sendable (JSONValue) -> String? = { body in
        body["mode"]?.string.map { "a claim: mode \($0) is written into the route, and no path is looked at" }
    }

    private static let unconfigured: @Sendable (JSONValue) -> String? = { body in
        body["message"]?.string?.contains("not configured") == true
            ? "it has no checks to ask, so it is never ready" : nil
    }

    private static let fallback: @Sendable (JSONValue) -> String? = { body in
        body["fallback_mode"]?.bool == true || body["basic_mode"]?.bool == true
            ? "fallback mode: it is healthy whatever the agents do" : nil
    }

    private static let ownFault: @Sendable (JSONValue) -> String? = { body in
        let errors = (body["errors"]?.array ?? []).compactMap(\.string)
        let own = errors.first { $0.contains("is not defined") || $0.hasSuffix(": 'active_connections'") }
        return own.map { "its own check is broken and fails whatever the truth: \($0)" }
    }

    private static let zeroConnections: @Sendable (JSONValue) -> String? = { body in
        body["server"]?["active_connections"]?.integer == 0
            ? "active_connections is a default: the statistics lack that key" : nil
    }
}
