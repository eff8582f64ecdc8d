import PatternDetection
import Synchronization
import WireProtocol

/// Dispatchers by path, for whoever wrongly shares them; empty unless `share-dispatcher` is on.
final class DispatcherCache: Sendable {
    private struct Entry {
        let dispatcher: ToolBench
        let path: ConsumerPath
        /// The sessions that use it, in the order in which they came.
        var users: [Owned<SessionID>]
    }

    private let entries = Mutex<[Entry]>([])

    /// Keeps what was made for a session, for the path's next ones.
    func keep(_ dispatcher: ToolBench, _ path: ConsumerPath, for holder: Owned<SessionID>) {
        entries.withLock { $0.append(Entry(dispatcher: dispatcher, path: path, users: [holder])) }
    }

    /// The path's dispatcher, used by that session too from now on; nil when there is none.
    func take(_ path: ConsumerPath, for holder: Owned<SessionID>) -> ToolBench? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.path == path }) else { return nil }
            entries[index].users.append(holder)
            return entries[index].dispatcher
        }
    }

    /// A session uses it no more: gives one that still does; nil when it was the last, or nothing was cached.
    func release(_ id: DispatcherID, by session: Owned<SessionID>) -> Owned<SessionID>? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.dispatcher.id == id }) else { return nil }
            entries[index].users.removeAll { $0 == session }
            let heir = entries[index].users.first
            if heir == nil { entries.remove(at: index) }
            return heir
        }
    }
}
