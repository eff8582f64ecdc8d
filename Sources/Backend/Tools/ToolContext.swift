import Synchronization
import WireProtocol

/// What a tool instance can reach: who it works for and that context's own files; nothing of anybody else.
///
/// There is no way from here to another context, session or dispatcher, so a tool
/// that guesses an id has nothing to ask with it.
struct ToolContext: Sendable {
    /// Whose work it is; nil for the global dispatcher, which is everybody's.
    var user: UserID?
    /// For which session.
    var session: SessionID?
    /// The files of the context; gone with it.
    let workspace = Workspace()

    /// Nobody's context: the global dispatcher's, and that of tests.
    static var nobody: ToolContext { ToolContext() }
}

/// A context's files: names and bytes in memory, bounded.
final class Workspace: Sendable {
    /// How much a context may keep: 1 MiB.
    static let limit = 1 << 20

    private let files = Mutex<[String: [UInt8]]>([:])

    /// The names of all files, sorted.
    var names: [String] { files.withLock { $0.keys.sorted() } }

    /// A file's bytes; nil when this context has none of that name.
    func read(_ name: String) -> [UInt8]? { files.withLock { $0[name] } }

    /// Writes a file, in the place of whatever had that name.
    ///
    /// - Throws: ``ToolError/failed(_:)`` when the context would hold more than its limit.
    func write(_ name: String, _ bytes: [UInt8]) throws(ToolError) {
        let fits = files.withLock { files in
            let others = files.reduce(0) { $0 + ($1.key == name ? 0 : $1.value.count + $1.key.utf8.count) }
            guard others + bytes.count + name.utf8.count <= Self.limit else { return false }
            files[name] = bytes
            return true
        }
        if !fits { throw .failed("the workspace is full: a context may keep \(Self.limit) bytes") }
    }
}
