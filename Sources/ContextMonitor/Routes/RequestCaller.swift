import HTTPTypes
public import Hummingbird

/// What a request says about its sender: the fields that show whether the operator meant it.
///
/// A browser sends requests that its user never asked for. It fills in `Host`,
/// `Origin` and `Sec-Fetch-Site` itself, and no page can change them (Fetch
/// standard, "forbidden request-header").
public struct RequestCaller: Sendable, Equatable {
    /// The address of the connection; nil when the server does not know it.
    public var peer: String?
    /// The authority asked for: that of an absolute-form target, else the Host field (RFC 9112 section 3.2.2).
    public var authority: String?
    /// The Origin field (RFC 6454 section 7); browsers send it with every POST and WebSocket handshake.
    public var origin: String?
    /// The Sec-Fetch-Site field (W3C Fetch Metadata).
    public var fetchSite: String?
    /// The media type of the body.
    public var contentType: String?
    /// Whether a body follows.
    public var hasBody = false
    /// The Authorization field.
    public var authorization: String?

    /// A caller that nothing is known about yet.
    public init() {}

    /// Reads a request of the router.
    public init(_ request: Request, peer: String?) {
        self.peer = peer
        authority = request.head.path.flatMap(Self.authority(ofTarget:)) ?? request.head.authority
        origin = request.headers[.origin]
        fetchSite = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        contentType = request.headers[.contentType]
        hasBody =
            request.headers[.transferEncoding] != nil || (request.headers[.contentLength] ?? "0") != "0"
        authorization = request.headers[.authorization]
    }

    /// The token of `Authorization: Bearer TOKEN` (RFC 6750 section 2.1); nil when there is none.
    public var bearerToken: Substring? {
        let words = authorization?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return words[1]
    }

    /// The authority of an absolute-form target, user information included; nil for any other form.
    static func authority(ofTarget target: String) -> String? {
        guard target.first != "/", let scheme = target.firstRange(of: "://") else { return nil }
        return String(target[scheme.upperBound...].prefix { !"/?#".contains($0) })
    }
}

/// Why a request may not act here, whatever its token is.
public enum CallerRefusal: Equatable, Sendable {
    /// The connection is not from this machine, and no token is configured.
    case peer
    /// The request names another host, as a name does that was rebound to this machine.
    case host(String?)
    /// A page of that origin sent it.
    case origin(String)
    /// A page of another site sent it.
    case crossSite
    /// The body is not declared as JSON; a page can send such a body without asking first.
    case contentType

    /// The answer: what happened and what to do.
    public var problem: Problem {
        switch self {
        case .peer: .unauthorized(reason: nil, "only loopback connections are allowed without a token")
        case .host(let host):
            .unauthorized(
                reason: nil,
                "the request is for \(host.map { "\"\($0)\"" } ?? "no host"), not for localhost, 127.0.0.1 or "
                    + "[::1]; use --token-file")
        case .origin(let origin):
            Problem(
                .forbidden,
                "a page of \"\(origin)\" sent this request, and only pages of this host may; a proxy must "
                    + "pass Host on")
        case .crossSite: Problem(.forbidden, "a page of another site sent this request")
        case .contentType:
            Problem(.unsupportedMediaType, "send the body with Content-Type: application/json")
        }
    }
}

extension RequestCaller {
    /// Why the request is refused where no token is needed: only programs and pages of this machine may act.
    public func refusalWithoutTokens() -> CallerRefusal? {
        guard let peer, LoopbackHost.isPeer(peer) else { return .peer }
        guard let authority, LoopbackHost.isNamed(byAuthority: authority) else { return .host(authority) }
        if let origin {
            guard let page = Self.authority(ofOrigin: origin), LoopbackHost.isNamed(byAuthority: page) else {
                return .origin(origin)
            }
        }
        if fetchSite?.lowercased() == "cross-site" { return .crossSite }
        return hasBody && !isJSON ? .contentType : nil
    }

    /// Why the request is refused although it may have a token: a page of another origin sent it.
    ///
    /// The host is not compared: behind a proxy it is any name.
    public func refusalWithTokens() -> CallerRefusal? {
        guard let origin else { return nil }
        guard let page = Self.authority(ofOrigin: origin), let authority,
            page.lowercased() == Self.withoutDefaultPort(authority, ofOrigin: origin).lowercased()
        else { return .origin(origin) }
        return nil
    }

    /// Whether the body is declared as `application/json` or another JSON format (RFC 6839 section 3.1).
    private var isJSON: Bool {
        let type = (contentType ?? "").prefix { $0 != ";" && $0 != "," && !$0.isWhitespace }.lowercased()
        return type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    }

    /// The authority of an origin as browsers write it, `SCHEME://HOST[:PORT]`; nil for `null` and all else.
    private static func authority(ofOrigin origin: String) -> String? {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            let rest = origin.dropFirst(scheme.count)
            return rest.isEmpty || rest.contains(where: { "/?#@, ".contains($0) }) ? nil : String(rest)
        }
        return nil
    }

    /// A host without the port that an origin's scheme means anyway: origins leave it out (RFC 6454 section 6.2).
    private static func withoutDefaultPort(_ authority: String, ofOrigin origin: String) -> String {
        let port = origin.lowercased().hasPrefix("https:") ? ":443" : ":80"
        return authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }
}
