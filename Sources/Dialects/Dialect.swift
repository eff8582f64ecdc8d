public import WireProtocol

/// How one kind of backend spells what a console wants to know.
public struct Dialect: Sendable {
    /// The name that `--dialect` takes and snapshots carry.
    public let name: String
    /// The paths that are asked for health when the target names none, in order.
    public let healthPaths: [String]
    /// Further paths whose answers tell whether a backend speaks this, where health alone does not.
    public let probes: [String]
    /// What it can see, and what would enable the rest.
    public let coverage: Coverage
    /// Makes the reader of what lies beyond health; nil where health is all there is.
    public let reader: (@Sendable () -> any DialectReader)?
    /// Health paths whose every answer costs; the first of ``healthPaths`` is asked instead, unless the target names one.
    public let avoids: [String]
    /// How long those paths are left alone after an answer; nil where no path is like that.
    public let healthPause: Duration?
    /// Whether its routes may stand below a path, which the target then names.
    public let isMountable: Bool
    /// Whether what was seen is this dialect's.
    public let recognizes: @Sendable (Sighting) -> Bool

    /// Describes a dialect; `recognizes` is asked once for health alone and once with the answers of `probes`.
    init(
        _ name: String, healthPaths: [String], probes: [String] = [], coverage: Coverage,
        reader: (@Sendable () -> any DialectReader)? = nil, avoids: [String] = [],
        healthPause: Duration? = nil, isMountable: Bool = false,
        recognizes: @escaping @Sendable (Sighting) -> Bool
    ) {
        self.name = name
        self.healthPaths = healthPaths
        self.probes = probes
        self.coverage = coverage
        self.reader = reader
        self.avoids = avoids
        self.healthPause = healthPause
        self.isMountable = isMountable
        self.recognizes = recognizes
    }

    /// Whether the health routes that most programs have are asked beside its own; not where it names all of its routes.
    public var hasUsualHealthRoutes: Bool {
        ![Self.native, .netra, .grpcHealth].contains { $0.name == name }
    }

    /// Whether it has routes of its own beside health, of which at least one must be readable.
    public var hasOwnRoutes: Bool {
        let healthAlone: [Dialect] = [.native, .genericHealth, .liteLLM, .prometheus, .grpcHealth]
        return reader != nil && !healthAlone.contains { $0.name == name }
    }

    /// Whether its health address is a document about something else, whose presence is all there is to know.
    public var isWellWhenItAnswers: Bool { name == Self.agentToAgent.name }

    /// Every dialect, the most specific first. Add one here and its file.
    public static let all: [Dialect] = [
        .native, .netra, .langGraphServer, .agno, .adk, .agentToAgent, .liteLLM, .grpcHealth, .prometheus,
        .genericHealth,
    ]

    /// The first dialect that recognises what was seen; the generic one takes all.
    public static func recognizing(_ sighting: Sighting) -> Dialect {
        all.first { $0.recognizes(sighting) } ?? .genericHealth
    }

    /// The same for a health answer alone.
    public static func recognizing(_ answer: HealthAnswerDocument) -> Dialect {
        recognizing(Sighting(path: "/health", health: answer))
    }

    /// The mountable dialects, which are looked for below a target's path.
    public static var mountable: [Dialect] { all.filter(\.isMountable) }

    /// The paths that are worth asking before a backend is taken for one of nothing but health.
    public static var allProbes: [String] {
        var paths: [String] = []
        for dialect in all { paths += dialect.probes.filter { !paths.contains($0) } }
        return paths
    }
}

/// What was seen of a backend when its dialect is chosen.
public struct Sighting: Sendable {
    /// The path that answered for health.
    public let path: String
    /// Its answer.
    public let health: HealthAnswerDocument
    /// Answers of the dialects' probes, by path; empty before any was asked.
    public var probes: [String: HealthAnswerDocument] = [:]

    /// A sighting of health alone.
    public init(path: String, health: HealthAnswerDocument) {
        self.path = path
        self.health = health
    }

    /// A probe's answer as JSON, if it was a success.
    func json(_ path: String) -> JSONValue? {
        guard let answer = probes[path], (200..<300).contains(answer.status) else { return nil }
        return answer.json
    }

    /// Whether the backend's OpenAPI document names that route.
    func offers(_ route: String) -> Bool {
        json(Self.openAPI)?["paths"]?.object?.members.contains { $0.name == route } ?? false
    }

    /// The readiness routes that the backend's OpenAPI document names, which are better than guesses.
    public var readinessRoutes: [HealthRoute] { HealthRoute.readinessRoutes(of: json(Self.openAPI)) }

    /// Where FastAPI and others keep their OpenAPI document.
    public static let openAPI = "/openapi.json"
}
