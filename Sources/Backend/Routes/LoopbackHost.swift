/// Which hosts name this machine alone, so that nobody else can connect to them.
public enum LoopbackHost {
    /// Whether a host is `localhost`, `::1` or an address of 127.0.0.0/8 (RFC 6761 6.3, RFC 5735 3).
    public static func contains(_ host: String) -> Bool {
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil && $0.first != "+" }
    }
}
