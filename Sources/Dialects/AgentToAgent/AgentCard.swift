import WireProtocol

/// What an A2A agent's card says about how to ask it.
struct AgentCard: Equatable {
    /// Where a card stands, below the address of its agent: A2A 0.3 and later, and before.
    static let paths = ["/.well-known/agent-card.json", "/.well-known/agent.json"]

    /// How the agent is spoken to: the binding, and the path of its interface from the origin.
    enum Interface: Equatable {
        case rest(String)
        case rpc(String)
    }

    let name: String
    let version: String?
    /// The first interface that lists tasks; nil of an agent before A2A 1.0.
    let interface: Interface?
    /// Whether tasks can be subscribed to.
    let streams: Bool
    /// What a request must carry, such as `bearer`; nil where the card asks for nothing.
    let security: String?

    /// Reads a card; nil when it is not one.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string,
            json["supportedInterfaces"]?.array != nil || json["protocolVersion"]?.string != nil
                || json["url"]?.string != nil && json["skills"]?.array != nil
        else { return nil }
        self.name = name
        version = json["version"]?.string
        streams = json["capabilities"]?["streaming"]?.bool == true
        security = (json["securitySchemes"]?.object?.members ?? []).first.map { member in
            let scheme = member.value["httpAuthSecurityScheme"] ?? member.value
            return scheme["scheme"]?.string?.lowercased() ?? member.name
        }
        let found = (json["supportedInterfaces"]?.array ?? []).compactMap { row -> Interface? in
            guard row["protocolVersion"]?.string?.hasPrefix("0.") != true,
                let path = Self.path(of: row["url"]?.string ?? "")
            else { return nil }
            switch row["protocolBinding"]?.string {
            case "HTTP+JSON":
                // An agent of several tenants names each in its path.
                let tenant = row["tenant"]?.string.flatMap { URLPart.encoded($0) }
                return .rest(path + (tenant.map { "/" + $0 } ?? ""))
            case "JSONRPC": return .rpc(path.isEmpty ? "/" : path)
            default: return nil
            }
        }
        interface = found.first { if case .rest = $0 { true } else { false } } ?? found.first
    }

    /// The path of a URL without its last slash; requests never leave the target's origin, whatever the card says.
    private static func path(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        var path = String(rest.drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" })
        if path.hasSuffix("/") { path.removeLast() }
        return path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? path : nil
    }

    /// The paths of the cards that an OpenAPI document names, without those that need an argument.
    static func paths(in document: JSONValue) -> [String] {
        (document["paths"]?.object?.members ?? []).map(\.name).filter { path in
            paths.contains { path.hasSuffix($0) } && !path.contains("{")
        }
    }
}
