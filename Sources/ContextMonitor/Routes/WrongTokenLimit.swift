import Synchronization

/// How many wrong tokens an address may send: 16, and another one every two seconds.
///
/// While an address waits, none of its tokens is compared. Every address has its
/// own count; behind a proxy, that is the proxy's address. A console with an old
/// token asks about once in two seconds, and must not keep others on its machine out.
public final class WrongTokenLimit: Sendable {
    /// How many wrong tokens are compared before the address waits.
    static let burst = 16
    /// The time after which one more is compared.
    static let interval = Duration.seconds(2)
    /// How many addresses are remembered at most: 4,096 of about 100 bytes each.
    static let maximumPeers = 4096

    /// When each address has its full count again; an address without an entry has it.
    private let recoveries = Mutex<[String: ContinuousClock.Instant]>([:])

    /// The time, which tests choose.
    let now: @Sendable () -> ContinuousClock.Instant
    private let report: @Sendable (String) -> Void

    /// A limit that has seen no wrong token.
    ///
    /// - Parameter report: Gets a line for the log with each wrong token's address; never a token.
    public convenience init(report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(now: { .now }, report: report)
    }

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.now = now
        self.report = report
    }

    /// How many addresses are remembered.
    var peerCount: Int { recoveries.withLock { $0.count } }

    /// How long the address must wait before one of its tokens is compared; nil when it need not.
    func wait(of peer: String, at now: ContinuousClock.Instant) -> Duration? {
        guard let recovery = recoveries.withLock({ $0[peer] }) else { return nil }
        let wait = now.duration(to: recovery) - Self.interval * (Self.burst - 1)
        return wait > .zero ? wait : nil
    }

    /// Counts one wrong token.
    func count(from peer: String, at now: ContinuousClock.Instant) {
        recoveries.withLock { recoveries in
            if recoveries[peer] == nil, recoveries.count >= Self.maximumPeers {
                recoveries = recoveries.filter { $0.value > now }
                if recoveries.count >= Self.maximumPeers,
                    let soonest = recoveries.min(by: { $0.value < $1.value })?.key
                {
                    recoveries[soonest] = nil
                }
            }
            recoveries[peer] = max(recoveries[peer] ?? now, now) + Self.interval
        }
        report("wrong token from \(peer)")
        if wait(of: peer, at: now) != nil { report("\(peer) sent too many wrong tokens and has to wait") }
    }
}
