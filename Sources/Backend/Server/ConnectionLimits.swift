import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// How many connections a server has open at the same time.
public struct ConnectionLimits: Sendable, Equatable {
    /// Those of everyone; at least 1.
    public var all: Int
    /// Those beyond ``all`` on which only operators' routes are answered.
    public var reserved: Int
    /// Those of one address that is not a loopback one: 1,000; a proxy in front of the server is one address.
    public var ofOneAddress = 1000

    /// What a process with that many file descriptors can have; the rest is for its event loops, files and log.
    ///
    /// An event loop has three descriptors on Linux (epoll, eventfd and timerfd).
    public init(descriptors: Int, cores: Int = System.coreCount) {
        reserved = max(1, min(32, descriptors / 8))
        let own = min(descriptors / 2, 3 * cores + 32)
        all = max(1, min(50_000, descriptors - own - reserved))
    }

    /// What this process can have by its limit of descriptors, see getrlimit(2).
    public init() {
        var limit = rlimit()
        #if canImport(Glibc)
            let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        #else
            let isKnown = getrlimit(RLIMIT_NOFILE, &limit) == 0
        #endif
        self.init(descriptors: isKnown ? Int(clamping: limit.rlim_cur) : 256)
    }
}
