public import WireProtocol

extension Dialect {
    /// Our own wire: a health document whose `links.monitor` leads to snapshot and events.
    public static let native = Dialect("native", healthPaths: ["/health"], coverage: .whole) { sighting in
        sighting.health.json.flatMap(monitorRoot) != nil
    }

    /// The monitoring root that a health document names, as it was written; nil when there is none.
    public static func monitorRoot(_ health: JSONValue) -> String? {
        guard let root = health["links"]?["monitor"]?.string, !root.isEmpty else { return nil }
        return root
    }
}
