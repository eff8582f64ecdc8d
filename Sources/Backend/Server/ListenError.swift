/// Why a backend cannot listen, with what to do about it.
public struct ListenError: Error, CustomStringConvertible {
    /// The address that was wanted.
    public let host: String
    /// The port that was wanted.
    public let port: Int
    /// What the system said.
    public let cause: any Error

    /// One line: what happened, to what, what to do.
    public var description: String {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        // By strerror(3)'s words, the same on Linux and macOS: the numbers differ and would need the C library.
        let words = "\(cause)"
        let (reason, advice) =
            if words.contains("in use") {
                ("the port is in use", "stop who listens there, or use another --port (0: a free one)")
            } else if words.contains("ermission denied") {
                ("it is not allowed", "use a --port from 1024 on")
            } else if words.contains("assign requested address") {
                ("this machine has no such address", "use another --host")
            } else {
                (words, "check --host and --port")
            }
        return "cannot listen on \(address): \(reason); \(advice)"
    }
}
