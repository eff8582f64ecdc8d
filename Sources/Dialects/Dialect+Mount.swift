extension Dialect {
    /// The path that a dialect may be mounted at, where a target names `path`; nil where it names a health endpoint.
    public static func mountPath(of path: String) -> String? {
        guard !path.contains("?") else { return nil }
        for card in AgentCard.paths where path.hasSuffix(card) { return String(path.dropLast(card.count)) }
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        let health = genericHealth.healthPaths.compactMap { $0.split(separator: "/").last }
        guard let last = base.split(separator: "/").last, !health.contains(last) else { return nil }
        return base
    }

    /// Where its health is asked for, given which of the probes answered.
    public func healthPath(answered probes: Set<String>) -> String? {
        healthPaths.first(where: probes.contains) ?? healthPaths.first
    }

    /// The paths that are worth asking below a path, to see whether this is mounted there.
    public static var mountProbes: [String] {
        mountable.flatMap(\.probes).reduce(into: []) { paths, path in
            if !paths.contains(path) { paths.append(path) }
        }
    }
}
