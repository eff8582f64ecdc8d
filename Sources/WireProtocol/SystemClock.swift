#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The machine's wall clock, passed to whoever needs the time.
public enum SystemClock {
    /// Milliseconds since the epoch, from `clock_gettime(2)`.
    @Sendable public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
