import DequeModule
import WireProtocol

/// The order in which the backend forgets what has ended: first the oldest of the user who holds the most.
///
/// However much one user leaves, the backend keeps what the other users left.
struct ForgettingOrder: Sendable {
    private var order: Deque<(key: Owned<SessionID>, weight: Int)> = []
    private var held: [UserID: Int] = [:]

    /// How many keys it has.
    var count: Int { order.count }

    /// The key to forget next; nil when there is none.
    var next: Owned<SessionID>? {
        guard let most = held.values.max() else { return nil }
        return order.first { held[$0.key.user] == most }?.key
    }

    /// Adds a key that is not there yet, as the newest.
    mutating func append(_ key: Owned<SessionID>, weight: Int = 1) {
        order.append((key, weight))
        held[key.user, default: 0] += weight
    }

    /// Removes a key.
    mutating func remove(_ key: Owned<SessionID>) {
        guard let place = order.firstIndex(where: { $0.key == key }) else { return }
        let left = (held[key.user] ?? 0) - order.remove(at: place).weight
        held[key.user] = left > 0 ? left : nil
    }
}
