import PatternDetection
import WireProtocol

/// The verdict in two seconds: what Pulse shows.
public struct PulseSummary: Equatable, Sendable {
    /// Each backend's headline.
    public let backends: [BackendPulse]
    /// Every path, as the paths view has it.
    public let paths: [PathRow]
    /// `1 of 3 paths on factory and working, 1 legacy, 1 broken`; nil without evidence.
    public let migration: String?
    /// The series of the last hour, by title.
    public let series: [Series]
    /// How each path was served over the last hour; empty where no source counts by path.
    public let shares: [PathShare]
    /// How long the runs of the last five minutes took.
    public let latencies: LatencyHistogram
    /// The findings that nobody has seen yet, most urgent first, those of one kind folded into one row.
    public let findings: [FindingRow]
    /// How many more findings were acknowledged or snoozed.
    public let setAside: Int
    /// What changed, the newest first; at most 20.
    public let changes: [Change]
    /// What was counted about isolation.
    public let isolation: ContextDetail.Isolation
    /// The selected finding or path.
    public let selection: RowID?

    /// One number with its past.
    public struct Series: Equatable, Sendable {
        /// Its name: `sessions`, `events/s`, `errors/min`, `run p95`.
        public let title: String
        /// Its value now.
        public let current: String
        /// One value a minute, oldest first, up to 60; nil where nothing is known.
        public let values: [Double?]
    }
}

/// One backend's headline.
public struct BackendPulse: Equatable, Sendable {
    /// Which backend.
    public let key: BackendKey
    /// Its name, or its address.
    public let name: String
    /// How urgent its state is.
    public let severity: Severity
    /// One word for it: `BROKEN`, `MIGRATING`, `HEALTHY`, `UNREACHABLE`, `UNKNOWN`.
    public let word: String
    /// What that is, in one sentence.
    public let text: String
    /// For how long, as far as was seen.
    public let since: Duration?
    /// What health says and whether it is believed.
    public let health: String
    /// What its paths' verdicts say together.
    public let verdict: BackendVerdict
    /// How the link stands.
    public let link: LinkStatus
    /// How long ago anything came.
    public let received: Duration?
    /// Who it says it is.
    public let identity: BackendIdentity
    /// How long it has been up.
    public let uptime: Duration?
    /// How far its clock is ahead of ours.
    public let skew: Duration?
    /// Events lost and lines that could not be read.
    public let counters: CountersRecord
}
