/// Which hosts name this machine alone, so that no other machine can connect to them.
public enum LoopbackHost {
    /// Whether a Host field's value names this machine: `localhost`, `127.0.0.1` or `[::1]`, with any port.
    ///
    /// Any port, because one that was forwarded (`ssh -L`) differs from the server's. No other spelling: a
    /// browser resolves a name such as `127.0.0.1.example` wherever its owner wants.
    public static func isNamed(byAuthority authority: String) -> Bool {
        let text = authority.lowercased()
        for host in ["localhost", "127.0.0.1", "[::1]"] where text.hasPrefix(host) {
            let rest = text.dropFirst(host.count)
            return rest.isEmpty || rest.first == ":" && rest.dropFirst().utf8.allSatisfy { 0x30...0x39 ~= $0 }
        }
        return false
    }

    /// Whether a host without a port is one of the three names that requests without a token may be for.
    public static func isNamed(_ host: String) -> Bool {
        isNamed(byAuthority: host.contains(":") ? "[\(host)]" : host) && !host.hasPrefix("[")
    }

    /// Whether a peer's address is of this machine: `::1` or 127.0.0.0/8, also mapped into IPv6 (RFC 4291 2.5.5.2).
    static func isPeer(_ address: String) -> Bool {
        contains(address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address)
    }

    /// Whether a host is `localhost`, `::1` or an address of 127.0.0.0/8 (RFC 6761 6.3, RFC 5735 3).
    public static func contains(_ host: String) -> Bool {
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil && $0.first != "+" }
    }
}
