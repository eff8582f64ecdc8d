import WireProtocol

/// Who a synthetic user is for the backend: a name, and a token where names are not enough.
struct Visitor: Sendable, Equatable {
    let name: String
    var token: String?

    /// The header that says so (WIRE.md "Routes").
    var header: (name: String, value: String) {
        token.map { ("Authorization", "Bearer " + $0) } ?? ("X-Ctxtop-User", name)
    }
}

extension SyntheticTraffic {
    /// The names of all users, in turn.
    public var names: [String] { (0..<users).map(Cast.name) }

    /// A new random bearer token for each user, by name: 128 bits of the system's randomness.
    public func freshTokens() -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: names.map { name in
                let words = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
                return (name, "synthetic-" + String(words.0, radix: 36) + "-" + String(words.1, radix: 36))
            })
    }
}
