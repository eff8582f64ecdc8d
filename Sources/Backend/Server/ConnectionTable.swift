import ContextMonitor
import DequeModule
import NIOCore
import Synchronization

/// The open connections of a server, up to its limits.
///
/// When all places are taken, the connection that has waited longest for a request makes room. When every
/// connection works, a few more are served for operators only, so that they can see why.
final class ConnectionTable: Sendable {
    /// What a new connection may do.
    enum Admission {
        case all(Int)
        /// Only operators' routes are answered.
        case operatorsOnly(Int)
        /// Nothing; the words say why.
        case nothing(String)
    }

    fileprivate struct Connection {
        let channel: any Channel
        let address: String?
        let isReserved: Bool
        /// The place in the order of those that wait for a request; nil while one is answered.
        var waiting: Int?
    }

    fileprivate struct State {
        var connections: [Int: Connection] = [:]
        var byAddress: [String: Int] = [:]
        /// How many of the connections have reserved places.
        var reserved = 0
        var next = 0
        /// Those that wait, longest first; entries whose number is not the connection's any more are skipped.
        var queue: Deque<(id: Int, waiting: Int)> = []
        /// The same of those with reserved places.
        var reservedQueue: Deque<(id: Int, waiting: Int)> = []
        var isReported = false
    }

    let limits: ConnectionLimits
    private let state = Mutex(State())
    private let report: @Sendable (String) -> Void

    /// - Parameter report: Called with words for the log when the limit is reached; again when it was left meanwhile.
    init(_ limits: ConnectionLimits, report: @escaping @Sendable (String) -> Void) {
        self.limits = limits
        self.report = report
    }

    /// How many are open.
    var count: Int { state.withLock { $0.connections.count } }

    /// Gives a new connection a place, which it leaves when it is closed.
    func admit(_ channel: any Channel, from address: String?) -> Admission {
        let counted = address.flatMap { LoopbackHost.contains($0) ? nil : $0 }
        let (admission, evicted, words) = state.withLock { state in
            state.admit(channel, from: counted, limits)
        }
        if let words { report(words) }
        evicted?.close(promise: nil)
        switch admission {
        case .all(let id), .operatorsOnly(let id):
            channel.closeFuture.whenComplete { _ in self.state.withLock { $0.remove(id) } }
        case .nothing: break
        }
        return admission
    }

    /// Notes whether a connection waits for a request.
    func note(_ id: Int, isWaiting: Bool) { state.withLock { $0.note(id, isWaiting: isWaiting) } }
}

extension ConnectionTable.State {
    /// Finds a place; gives the connection that must be closed for it, and words for the log.
    fileprivate mutating func admit(
        _ channel: any Channel, from address: String?, _ limits: ConnectionLimits
    ) -> (ConnectionTable.Admission, evicted: (any Channel)?, words: String?) {
        if let address, byAddress[address, default: 0] >= limits.ofOneAddress {
            return (
                .nothing("\(limits.ofOneAddress) connections of one address are open; close some"), nil, nil
            )
        }
        let ordinary = connections.count - reserved
        if ordinary < limits.all {
            if ordinary < limits.all * 9 / 10 { isReported = false }
            return (.all(add(channel, address, isReserved: false)), nil, nil)
        }
        let words = isReported ? nil : Self.words(limits)
        isReported = true
        if let evicted = evict(\.queue) {
            return (.all(add(channel, address, isReserved: false)), evicted, words)
        }
        let evicted = reserved < limits.reserved ? nil : evict(\.reservedQueue)
        guard reserved < limits.reserved else {
            return (.nothing("the server has as many connections as it serves; try again"), nil, words)
        }
        return (.operatorsOnly(add(channel, address, isReserved: true)), evicted, words)
    }

    private static func words(_ limits: ConnectionLimits) -> String {
        "\(limits.all) connections are open, as many as are served; connections that wait for a request are "
            + "closed for new ones; raise --connections and the limit of open files (ulimit -n) to serve more"
    }

    private mutating func add(_ channel: any Channel, _ address: String?, isReserved: Bool) -> Int {
        next += 1
        connections[next] = ConnectionTable.Connection(
            channel: channel, address: address, isReserved: isReserved)
        if let address { byAddress[address, default: 0] += 1 }
        if isReserved { reserved += 1 }
        return next
    }

    fileprivate mutating func remove(_ id: Int) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        if connection.isReserved { reserved -= 1 }
        guard let address = connection.address else { return }
        let left = byAddress[address, default: 1] - 1
        byAddress[address] = left > 0 ? left : nil
    }

    fileprivate mutating func note(_ id: Int, isWaiting: Bool) {
        guard let connection = connections[id] else { return }
        guard isWaiting else {
            connections[id]?.waiting = nil
            return
        }
        next += 1
        connections[id]?.waiting = next
        if connection.isReserved { reservedQueue.append((id, next)) } else { queue.append((id, next)) }
        guard queue.count + reservedQueue.count > 2 * connections.count + 64 else { return }
        let live = connections
        queue.removeAll { live[$0.id]?.waiting != $0.waiting }
        reservedQueue.removeAll { live[$0.id]?.waiting != $0.waiting }
    }

    /// Takes out the connection that has waited longest for a request; nil when all of the queue's work.
    private mutating func evict(
        _ queue: WritableKeyPath<Self, Deque<(id: Int, waiting: Int)>>
    ) -> (any Channel)? {
        while let first = self[keyPath: queue].popFirst() {
            guard let connection = connections[first.id], connection.waiting == first.waiting else {
                continue
            }
            remove(first.id)
            return connection.channel
        }
        return nil
    }
}
