import WireProtocol

/// What a monitor is told about the server that embeds it.
public struct MonitorConfiguration: Sendable {
    /// The backend's name, as consoles show it.
    public var name: String
    /// The server's version.
    public var version: String
    /// Which replica this is; unique among those behind one address.
    public var instance: String
    /// Which start of that replica; event ids begin with it.
    public var bootID: String
    /// The ring keeps every event at least this long, unless ``ringMaximumBytes`` is reached.
    public var ringMinimumAge = Duration.seconds(600)
    /// The ring keeps at least this many events, whatever their age (WIRE.md: 50,000).
    public var ringMinimumEvents = 50_000
    /// The ring never holds more bytes of event lines than this: 64 MiB, about 200,000 events of 320 bytes.
    public var ringMaximumBytes = 64 << 20
    /// Whether prompts, arguments and results travel to operators.
    public var exposesPayloads = false
    /// A factory dispatcher that is not disposed this long after its session ended is leaked (DESIGN.md §1).
    public var leakLimit = Duration.seconds(30)

    /// Names the server; everything else has the contract's defaults.
    public init(name: String, version: String, instance: String, bootID: String) {
        self.name = name
        self.version = version
        self.instance = instance
        self.bootID = bootID
    }
}
