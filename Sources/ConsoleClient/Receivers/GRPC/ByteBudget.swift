import Synchronization

/// How many bytes may wait in memory for the ends of their calls: on one connection, and on all of them.
final class ByteBudget: Sendable {
    private let limit: Int
    private let parent: ByteBudget?
    private let used = Mutex(0)

    /// A budget of `limit` bytes, each of which is also one of the parent's.
    init(_ limit: Int, within parent: ByteBudget? = nil) {
        self.limit = limit
        self.parent = parent
    }

    /// Takes bytes; false, with nothing taken, when there are not enough left.
    func reserve(_ count: Int) -> Bool {
        let fits = used.withLock { used in
            guard count <= limit - used else { return false }
            used += count
            return true
        }
        guard fits else { return false }
        if parent?.reserve(count) == false {
            used.withLock { $0 -= count }
            return false
        }
        return true
    }

    /// Gives bytes back that were taken.
    func release(_ count: Int) {
        used.withLock { $0 -= count }
        parent?.release(count)
    }
}
