/// Which hosts name this machine alone, so that nobody else can connect to them.
public enum LoopbackHost {
    /// The same for `HOST`, `HOST:PORT`, `[::1]` or `[::1]:PORT`, as a Host header has it (RFC 9110 7.2).
    public static func contains(authority: String) -> Bool {
        if authority.first == "[" { return contains(String(authority.dropFirst().prefix { $0 != "]" })) }
        return contains(String(authority.prefix { $0 != ":" }))
    }

    /// Whether a host is `localhost`, `::1` or an address of 127.0.0.0/8 (RFC 6761 6.3, RFC 5735 3).
    public static func contains(_ host: String) -> Bool {
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil && $0.first != "+" }
    }
}
