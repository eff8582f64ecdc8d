import PatternDetection
public import ContextMonitor
import WebSocketTransport

/// How a backend is started.
public struct BackendConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port = 8700
    /// The backend's name in consoles.
    public var name = "ctxtop-backend"
    /// Its version.
    public var version = BackendVersion.text
    /// Which pattern start-up sets for each path.
    public var patterns = PatternAssignment()
    /// The declared target of each path, where it is not the factory.
    public var expected: [ConsumerPath: Verdict] = [:]
    /// Whether a factory that fails may be replaced by a living singleton.
    public var allowsLegacyFallback = false
    /// Whether prompts, arguments and results travel to operators.
    public var exposesPayloads = false
    /// Who the users are.
    public var users = UserAccess.tokens([:])
    /// Who the operators are.
    public var operators = OperatorAccess.nobody
    /// Whether `/v1/echo` is there.
    public var offersEcho = false
    /// How long the agents take.
    public var pace = AgentPace.human
    /// The seed of the agents' plans.
    public var seed: UInt64 = 1
    /// How long running runs may go on when the server stops.
    public var drainLimit = Duration.seconds(10)
    /// How long a session outlives a WebSocket connection that was lost, so that it can be resumed; 0 for not at all.
    public var resumeGrace = Duration.seconds(30)
    /// How long a dispatcher may be without work before it is disposed; its session gets a new one when it needs one.
    public var dispatcherIdleLimit = Duration.seconds(900)
    /// How long a context may last after it last got work; then its session ends, and what still runs in it.
    public var contextLimit = Duration.seconds(3600)
    /// How much one user may have at the same time.
    public var userLimits = UserLimits()
    /// How many connections are served at the same time.
    public var connectionLimits = ConnectionLimits()
    /// How long the peer of a connection is waited for.
    var connectionTimes = ConnectionTimes()
    /// Which tools which user may use.
    public var permissions = ToolPermissions()
    /// The faults that are on from the start.
    public var faults: [FaultSetting] = []
    /// How many bytes of event lines operators can resume from.
    var ringMaximumBytes = 64 << 20
    /// The classes that a factory makes each user's tools from; every shipped one when nil.
    var toolClasses: [any Tool.Type]?

    /// The defaults.
    public init() {}

    /// Needs no tokens from whoever connects over loopback, users and operators alike: demos and development.
    public mutating func allowLoopbackWithoutTokens() {
        users = .insecureLoopback
        operators = .insecureLoopback
    }
}

/// The version that the programs of this package say.
public enum BackendVersion {
    /// Semantic versioning 2.0.0.
    public static let text = "0.1.0"
}
