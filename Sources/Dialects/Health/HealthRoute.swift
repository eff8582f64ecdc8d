public import WireProtocol

/// An address at which a program may tell how it is.
public struct HealthRoute: Hashable, Sendable {
    /// The path.
    public let path: String
    /// What an answer there claims to tell.
    public let kind: HealthRouteKind

    /// A route whose path says what it tells.
    public init(_ path: String) {
        self.path = path
        kind = Self.kind(of: path)
    }

    /// Words of a path that name readiness and liveness; Chroma's `healthcheck` asks its parts.
    private static let readiness: Set<String> = ["ready", "readyz", "readiness", "healthcheck"]
    private static let liveness: Set<String> = [
        "live", "livez", "liveness", "liveliness", "alive", "heartbeat", "ping", "healthy",
    ]

    /// What a path claims to tell, by its last part.
    static func kind(of path: String) -> HealthRouteKind {
        let last = path.prefix { $0 != "?" }.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return readiness.contains(last) ? .readiness : liveness.contains(last) ? .liveness : .overall
    }

    /// The route that is asked first.
    public static let first = HealthRoute("/health")

    /// The routes that are guessed: at connect, and then once a minute; at most ``maximumGuesses``.
    ///
    /// Kubernetes and its like, MicroProfile, Prometheus' family, Spring, FastAPI's habits,
    /// Streamlit, Ray's dashboard and Serve, Chroma.
    public static let guesses = [
        "/readyz", "/health/ready", "/healthz", "/ready", "/-/ready", "/health/readiness", "/api/health",
        "/actuator/health/readiness", "/_stcore/health", "/-/healthz", "/api/gcs_healthz",
        "/api/v2/healthcheck",
    ].map { HealthRoute($0) }

    /// The routes that are asked once more where none of ``guesses`` is there.
    public static let lastGuesses = [
        "/actuator/health", "/ok", "/livez", "/-/healthy", "/health/live", "/q/health", "/ht/", "/ping",
        "/api/v2/heartbeat", "/metrics",
    ].map { HealthRoute($0) }

    /// How many routes one round asks.
    public static let maximumGuesses = 12
    /// How long after a round the next begins.
    public static let pause = Duration.seconds(60)

    /// The readiness routes that an OpenAPI document names.
    static func readinessRoutes(of document: JSONValue?) -> [HealthRoute] {
        let paths = (document?["paths"]?.object?.members ?? []).filter { member in
            member.value["get"] != nil && !member.name.contains("{") && member.name.hasPrefix("/")
                && member.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        return paths.map { HealthRoute($0.name) }.filter { $0.kind == .readiness }
    }
}

extension HealthAnswerDocument {
    /// Whether a guessed address turned out to be no health route of ours to read.
    ///
    /// There is nothing, or only a page, a redirect, or a wall before something that may be anything.
    public var countsForNothing: Bool {
        switch status {
        case 401, 403, 404, 405, 501, ..<200, 300..<400: true
        case 200..<300: isPage || obstacle != nil
        default: false
        }
    }

    /// The code, and what a success is that counts for nothing: `HTTP 200, a page`.
    public var shortText: String {
        "HTTP \(status)"
            + ((200..<300).contains(status) && countsForNothing ? isPage ? ", a page" : ", not health" : "")
    }
}
