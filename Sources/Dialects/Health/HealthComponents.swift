import WireProtocol

/// Finds the parts in a health document, wherever its kind keeps them (WIRE.md, in that order).
enum HealthComponents {
    /// Members that describe the whole and are no parts in a flat map.
    private static let meta: Set<String> = [
        "status", "state", "health", "healthy", "ok", "version", "timestamp", "time", "uptime", "message",
        "detail",
        "description", "name", "service", "serviceid", "releaseid", "hostname", "links", "notes", "output",
        "groups",
        "totalduration", "totaltimetaken", "title", "type", "passed", "environment", "env",
    ]

    /// The parts of a whole document.
    static func find(in document: JSONValue) -> [CheckRecord] {
        switch document {
        case .array(let elements): return unique(list(elements, under: ""))
        case .object(let object): return unique(members(of: object, under: "") ?? flat(object))
        default: return []
        }
    }

    /// The parts of an object that has a place for them; nil when it has none.
    private static func members(of object: JSONObject, under parent: String) -> [CheckRecord]? {
        for name in ["checks", "components", "entities", "entries", "results", "details"] {
            if let value = object.anyCase(name), let found = container(value, under: parent) { return found }
        }
        let info = object.anyCase("info").flatMap { container($0, under: parent) }
        let error = object.anyCase("error").flatMap { container($0, under: parent) }
        if info != nil || error != nil { return (info ?? []) + (error ?? []) }
        if let services = object.anyCase("services"), let found = container(services, under: parent) {
            return found
        }
        let healthy = object.anyCase("healthy_endpoints")?.array
        let unhealthy = object.anyCase("unhealthy_endpoints")?.array
        if healthy != nil || unhealthy != nil {
            return endpoints(healthy ?? [], .pass) + endpoints(unhealthy ?? [], .fail)
        }
        return nil
    }

    private static func endpoints(_ elements: [JSONValue], _ status: HealthStatus) -> [CheckRecord] {
        elements.map { CheckRecord(name: $0["model"]?.string ?? "endpoint", status: status) }
    }

    private static func container(_ value: JSONValue, under parent: String) -> [CheckRecord]? {
        switch value {
        case .array(let elements): list(elements, under: parent)
        case .object(let object): object.members.flatMap { part($0.value, named: $0.name, under: parent) }
        default: nil
        }
    }

    private static func list(_ elements: [JSONValue], under parent: String) -> [CheckRecord] {
        elements.enumerated().flatMap { index, element -> [CheckRecord] in
            let named = ["name", "alias", "checker", "checkid", "key"].compactMap { name in
                element.object?.anyCase(name)?.string
            }
            return part(element, named: named.first ?? element.string ?? "#\(index + 1)", under: parent)
        }
    }

    /// One part, and the parts inside it as `parent/child`.
    private static func part(_ value: JSONValue, named name: String, under parent: String) -> [CheckRecord] {
        let path = parent.isEmpty ? name : parent + "/" + name
        if case .array(let rows) = value { return [worst(of: rows, named: path)] }
        var check = CheckRecord(name: path)
        guard let object = value.object else {
            check.status = HealthWords.value(value) ?? .unknown
            if check.status == .unknown { check.output = value.string ?? value.text }
            return [check]
        }
        check.status = object.statedHealth ?? .unknown
        check.observedValue = object.anyCase("observedvalue").map { $0.string ?? $0.text }
        check.output =
            ["output", "message", "error", "description", "exception"].compactMap { name in
                object.anyCase(name)?.string
            }.first
        return [check] + (members(of: object, under: path) ?? [])
    }

    /// Several rows under one health+json key are one part: the worst of them.
    private static func worst(of rows: [JSONValue], named name: String) -> CheckRecord {
        let parts = rows.flatMap { part($0, named: name, under: "") }
        return parts.max { $0.status < $1.status } ?? CheckRecord(name: name)
    }

    /// A map from part to state without any frame around it.
    private static func flat(_ object: JSONObject) -> [CheckRecord] {
        let hasStatus = object.statedHealth != nil
        return object.members.flatMap { member -> [CheckRecord] in
            guard !meta.contains(member.name.lowercased()) else { return [] }
            switch member.value {
            case .object(let inner) where inner.statedHealth != nil || members(of: inner, under: "") != nil:
                return part(member.value, named: member.name, under: "")
            case .string(let text) where !hasStatus || HealthWords.status(text) != .unknown:
                return part(member.value, named: member.name, under: "")
            case .bool where !hasStatus: return part(member.value, named: member.name, under: "")
            default: return []
            }
        }
    }

    /// The parts with names told apart: a second one of the same name is `name#2`.
    private static func unique(_ checks: [CheckRecord]) -> [CheckRecord] {
        var seen: [String: Int] = [:]
        return checks.map { check in
            seen[check.name, default: 0] += 1
            guard let count = seen[check.name], count > 1 else { return check }
            var check = check
            check.name += "#\(count)"
            return check
        }
    }
}
