/// Something that others send to, instead of a backend that is asked.
public enum Receiver: Hashable, Sendable {
    /// OTLP from instrumented agents, over HTTP and, with an address of its own, over gRPC.
    ///
    /// `isSpare`: whether gRPC was not asked for, so that its port may be taken without anything being wrong.
    case telemetry(ListenAddress, grpc: ListenAddress? = nil, isSpare: Bool = false)
    /// A reverse proxy in front of an AG-UI server; `userHeader` names the field that says whose a request is.
    case proxy(ListenAddress, upstream: BackendTarget, userHeader: String?)

    /// The text that screens and documents show for it.
    public var url: String {
        switch self {
        case .telemetry(let address, _, _): "otlp://\(address)"
        case .proxy(let address, let upstream, _): "http://\(address) → \(upstream.url)"
        }
    }
}

/// Where a receiver listens.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, without brackets.
    public let host: String
    /// The port; 0 takes a free one.
    public let port: Int

    /// Names an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT` or `[ADDRESS]:PORT`; nil when it is neither.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port), !host.isEmpty,
            host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.init(host: host, port: port)
    }

    /// `HOST:PORT`, with brackets around an address that has colons.
    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
