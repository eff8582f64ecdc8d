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
            // What stands in the details of one part is a part itself only when it says how it is.
            let isLoose = name == "details" && !parent.isEmpty
            if let found = object.anyCase(name).flatMap({ container($0, under: parent, isLoose: isLoose) }) {
                return found
            }
        }
        let info = object.anyCase("info").flatMap { container($0, under: parent, isLoose: true) }
        let error = object.anyCase("error").flatMap { container($0, under: parent, isLoose: true) }
        if info != nil || error != nil { return (info ?? []) + (error ?? []) }
        if let found = object.anyCase("services").flatMap({ container($0, under: parent) }) { return found }
        let healthy = object.anyCase("healthy_endpoints")?.array
        let unhealthy = object.anyCase("unhealthy_endpoints")?.array
        if healthy != nil || unhealthy != nil {
            return endpoints(healthy ?? [], .pass) + endpoints(unhealthy ?? [], .fail)
        }
        return nil
    }

    private static func endpoints(_ elements: [JSONValue], _ status: HealthStatus) -> [CheckRecord] {
        elements.map { element in
            var check = CheckRecord(name: element["model"]?.string ?? "endpoint", status: status)
            check.output = element["error"]?.string.map { String($0.prefix(1000)) }
            return check
        }
    }

    /// The parts of a value that holds parts; nil when there are none, so that another place is looked at.
    ///
    /// - Parameter isLoose: whether the place may hold anything, so that only objects that state a health count.
    private static func container(
        _ value: JSONValue, under parent: String, isLoose: Bool = false
    ) -> [CheckRecord]? {
        func counts(_ value: JSONValue) -> Bool { !isLoose || value.object?.statedHealth != nil }
        let found =
            switch value {
            case .array(let elements): list(elements.filter(counts), under: parent)
            case .object(let object):
                object.members.filter { counts($0.value) }.flatMap {
                    part($0.value, named: $0.name, under: parent)
                }
            default: [CheckRecord]()
            }
        return found.isEmpty ? nil : found
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
        var worst = parts.max { $0.status < $1.status } ?? CheckRecord(name: name)
        worst.name = name
        return worst
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
        var taken = Set(checks.map(\.name))
        return checks.map { check in
            var check = check
            let name = check.name
            var count = seen[name, default: 0] + 1
            if count > 1 {
                while taken.contains("\(name)#\(count)") { count += 1 }
                check.name = "\(name)#\(count)"
                taken.insert(check.name)
            }
            seen[name] = count
            return check
        }
    }
}
