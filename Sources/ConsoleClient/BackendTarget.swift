/// Where a backend is: what a URL on the command line says.
public struct BackendTarget: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// A name or an address, without brackets.
    public let host: String
    /// The port, from the URL or the scheme.
    public let port: Int
    /// The path and the query, kept for backends behind an ingress; empty when the URL has none.
    public let path: String

    /// Reads `http://host[:port][/path][?query]`.
    ///
    /// - Throws: ``TargetError`` with what is wrong.
    public init(_ text: String) throws(TargetError) {
        guard let separator = text.range(of: "://") else { throw .noScheme(text) }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw .unknownScheme(scheme) }
        let rest = text[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        path = String(rest.dropFirst(authority.count))
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .badPath(path) }
        guard !authority.contains("@") else { throw .credentials }
        var hostText = authority
        var portText: Substring = ""
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .badHost(String(authority)) }
            hostText = authority[authority.index(after: authority.startIndex)..<end]
            portText = authority[authority.index(after: end)...]
            guard portText.isEmpty || portText.hasPrefix(":") else { throw .badHost(String(authority)) }
            portText = portText.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            hostText = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        let isPlain = hostText.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard !hostText.isEmpty, isPlain, authority.hasPrefix("[") || !hostText.contains(":") else {
            throw .badHost(String(authority))
        }
        // RFC 3986 section 3.2.2: a host has no case.
        host = hostText.lowercased()
        guard portText.isEmpty || (Int(portText).map { (1...65_535).contains($0) } ?? false) else {
            throw .badPort(String(portText))
        }
        port = Int(portText) ?? (scheme == "https" ? 443 : 80)
    }

    /// The scheme, host and port: what a token and a link must stay within.
    public var origin: String { "\(scheme)://\(authority)" }

    /// The host and port as a request names them.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// The whole URL.
    public var url: String { origin + path }

    /// Whether the URL names an address of its own, which is then the only one asked.
    public var namesPath: Bool { !path.isEmpty && path != "/" }

    /// The URL of a path that a document of this backend named, or nil when it leads to another origin.
    ///
    /// A path without origin is taken relative to what stands before the health endpoint, so that an
    /// ingress' prefix is kept.
    func resolve(_ link: String) -> String? {
        if link.contains("://") {
            guard let target = try? BackendTarget(link), target.origin == origin else { return nil }
            return target.url
        }
        guard link.hasPrefix("/"), !link.hasPrefix("//") else { return nil }
        return origin + (link.hasPrefix(prefix + "/") ? "" : prefix) + link
    }

    /// The path up to the last part, which names the health endpoint.
    private var prefix: String {
        let path = path.prefix { $0 != "?" }
        guard namesPath, let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }
}

/// Why a target was refused; a usage error.
public enum TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    case noScheme(String)
    case unknownScheme(String)
    case badHost(String)
    case badPort(String)
    case badPath(String)
    case credentials

    /// What is wrong and what to write.
    public var description: String {
        switch self {
        case .noScheme(let text): "\"\(text)\" is neither a URL nor a file; write http://HOST[:PORT]"
        case .unknownScheme(let scheme): "\(scheme):// is not supported; write http:// or https://"
        case .badHost(let text): "\"\(text)\" is no host; write http://HOST[:PORT]"
        case .badPort(let text): "\"\(text)\" is no port; write a number from 1 to 65535"
        case .badPath(let text): "\"\(text)\" is no path; write spaces and letters beyond ASCII as %XX"
        case .credentials: "a URL must not carry a password; use --token-file or --header-file"
        }
    }
}

extension String {
    /// The first place where `other` stands.
    fileprivate func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }
}
