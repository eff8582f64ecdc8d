import ContextMonitor
import Logging
import PatternDetection
import WireProtocol

/// What each user takes and gives back.
extension SessionHub {
    /// Counts a WebSocket connection of a user; it must be given back by ``disconnect(_:)``.
    func connect(_ user: UserID) throws(SessionError) { try take(.connections, by: user) }

    /// A connection that was counted is gone.
    func disconnect(_ user: UserID) { usage.giveBack(.connections, by: user) }

    /// Counts one more, or leaves a line in the log and throws.
    func take(_ kind: UserLimits.Kind, by user: UserID) throws(SessionError) {
        do throws(SessionError) { try usage.take(kind, by: user) } catch {
            factory.logger.notice("refused \(user): \(error.rpcError.message)")
            throw error
        }
        if usage.count(kind, of: user) > shown[kind] ?? 0 { show(kind, usage.count(kind, of: user)) }
    }

    /// Tells operators how near the nearest user is to each limit; a rise is told at once, a fall here.
    func showUsage() {
        countSessions()
        for kind in UserLimits.Kind.allCases { show(kind, usage.highest(kind)) }
    }

    private func show(_ kind: UserLimits.Kind, _ used: Int) {
        shown[kind] = used
        monitor.setLimit("\(kind.rawValue) of one user", limit: usage.limits.limit(of: kind), used: used)
    }
}
