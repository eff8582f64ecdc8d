#if canImport(Glibc)
    import Glibc
#endif

/// Notices that files on disk are others than before: by their inode, size and time of change, stat(2).
struct ConfigurationWatch {
    private let paths: [String]
    private var seen: [Mark]

    /// What a file is known by; equal marks are the same content.
    private struct Mark: Equatable {
        var inode: UInt64 = 0
        var size: Int64 = 0
        var seconds = 0
        var nanoseconds = 0
    }

    /// Watches those files, whether or not they are there.
    init(_ paths: [String]) {
        self.paths = paths
        seen = paths.map(Self.mark)
    }

    /// Whether one of them changed since the last question.
    mutating func hasChanged() -> Bool {
        let now = paths.map(Self.mark)
        defer { seen = now }
        return now != seen
    }

    private static func mark(_ path: String) -> Mark {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return Mark() }
        return Mark(
            inode: UInt64(facts.st_ino), size: Int64(facts.st_size), seconds: facts.st_mtim.tv_sec,
            nanoseconds: facts.st_mtim.tv_nsec)
    }
}
