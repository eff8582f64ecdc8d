import WireProtocol

/// Finds the parts in a health document, wherever its kind keeps them (WIRE.md, in that order).
struct HealthComponents {
    private let words: HealthWords

    /// A reader with that vocabulary.
    init(_ words: HealthWords) { self.words = words }

    /// Members that describe the whole and are no parts in a flat map.
    private static let meta: Set<String> = [
        "status", "state", "health", "healthy", "ok", "ready", "alive", "up", "serving", "version",
        "timestamp",
        "time", "uptime", "message", "msg", "detail", "reason", "error", "errors", "text", "description",
        "name",
        "service", "serviceid", "releaseid", "hostname", "host", "links", "notes", "output", "groups",
        "totalduration", "totaltimetaken", "title", "type", "kind", "passed", "environment", "env", "commit",
        "build", "revision", "mode", "overall", "overall_status", "overall_health", "overallstatus",
        "overallhealth", "success", "live", "liveness", "readiness", "color", "colour", "theme",
    ]

    /// Whether a member is about the whole, or about how it is set up.
    private static func isMeta(_ name: String) -> Bool {
        let name = name.lowercased()
        return meta.contains(name) || name.hasSuffix("level") || name.hasSuffix("severity")
    }

    /// The parts of a whole document.
    func find(in document: JSONValue) -> [CheckRecord] {
        switch document {
        case .array(let elements):
            // A list in which nothing states how it is, is no list of parts.
            let texts = elements.compactMap(\.string)
            let known = texts.count { words.status($0) != .unknown }
            guard
                known > 0 && known * 2 >= texts.count
                    || elements.contains(where: { $0.object.flatMap { words.stated($0) } != nil })
            else {
                return []
            }
            return unique(list(elements, under: ""))
        case .object(let object): return unique(members(of: object, under: "") ?? flat(object))
        default: return []
        }
    }

    /// The parts of an object that has a place for them; nil when it has none.
    private func members(of object: JSONObject, under parent: String) -> [CheckRecord]? {
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
        if let found = object.anyCase("dependencies").flatMap({ dependencies($0, under: parent) }) {
            return found
        }
        let probes = object.anyCase("probes").flatMap { container($0, under: parent, isLoose: true) }
        let healthy = object.anyCase("healthy_endpoints")?.array
        let unhealthy = object.anyCase("unhealthy_endpoints")?.array
        if healthy != nil || unhealthy != nil {
            return endpoints(healthy ?? [], .pass) + endpoints(unhealthy ?? [], .fail)
        }
        return probes
    }

    /// What the whole depends on, where it says how it is; elsewhere the name stands for a list of packages.
    private func dependencies(_ value: JSONValue, under parent: String) -> [CheckRecord]? {
        if let found = container(value, under: parent, isLoose: true) { return found }
        let found = (value.object?.members ?? []).filter { member in
            member.value.string.map { words.status($0) != .unknown } ?? false
        }
        return found.isEmpty ? nil : found.flatMap { part($0.value, named: $0.name, under: parent) }
    }

    private func endpoints(_ elements: [JSONValue], _ status: HealthStatus) -> [CheckRecord] {
        elements.map { element in
            var check = CheckRecord(name: element["model"]?.string ?? "endpoint", status: status)
            check.output = element["error"]?.string.map { String($0.prefix(1000)) }
            return check
        }
    }

    /// The parts of a value that holds parts; nil when there are none, so that another place is looked at.
    ///
    /// - Parameter isLoose: whether the place may hold anything, so that only objects that state a health count.
    private func container(
        _ value: JSONValue, under parent: String, isLoose: Bool = false
    ) -> [CheckRecord]? {
        func counts(_ value: JSONValue) -> Bool {
            !isLoose || value.object.flatMap { words.stated($0) } != nil
        }
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

    private func list(_ elements: [JSONValue], under parent: String) -> [CheckRecord] {
        elements.enumerated().flatMap { index, element -> [CheckRecord] in
            let named = Self.names.compactMap { name in
                element.object?.anyCase(name)?.string
            }
            // A text that is a state is no name.
            let text = element.string.flatMap { words.status($0) == .unknown ? $0 : nil }
            return part(element, named: named.first ?? text ?? "#\(index + 1)", under: parent)
        }
    }

    /// Members that name a part of a list, in this order.
    private static let names = [
        "name", "alias", "checker", "checkid", "key", "service", "service_id", "component", "id",
    ]
    /// Members in which a part says why it is as it is, in this order.
    private static let reasons = [
        "output", "reason", "message", "msg", "detail", "details", "error", "errmsg", "description",
        "exception",
        "text",
    ]

    /// What a part says in words; `error` and `details` may be objects with the words inside.
    private static func output(of object: JSONObject) -> String? {
        object.text(reasons)
            ?? ["error", "details", "detail", "data"].lazy.compactMap {
                object.anyCase($0)?.object?.text(["error", "reason", "message", "msg", "detail", "exception"])
            }.first
    }

    /// One part, and the parts inside it as `parent/child`.
    private func part(_ value: JSONValue, named name: String, under parent: String) -> [CheckRecord] {
        let path = parent.isEmpty ? name : parent + "/" + name
        if case .array(let rows) = value { return [worst(of: rows, named: path)] }
        var check = CheckRecord(name: path)
        guard let object = value.object else {
            check.status = words.value(value) ?? .unknown
            // A sentence says more than its status.
            if check.status == .unknown {
                check.output = value.string ?? value.text
            } else if check.status != .pass, let text = value.string, text.contains(where: \.isWhitespace) {
                check.output = text
            }
            return [check]
        }
        check.status = words.stated(object) ?? .unknown
        check.observedValue = object.anyCase("observedvalue").map { $0.string ?? $0.text }
        check.output = Self.output(of: object)
        check.isOptional =
            object.anyCase("critical")?.bool == false || object.anyCase("required")?.bool == false
            || object.anyCase("optional")?.bool == true
        return [check] + (members(of: object, under: path) ?? [])
    }

    /// Several rows under one health+json key are one part: the worst of them.
    private func worst(of rows: [JSONValue], named name: String) -> CheckRecord {
        let parts = rows.flatMap { part($0, named: name, under: "") }
        var worst = parts.max { $0.status < $1.status } ?? CheckRecord(name: name)
        worst.name = name
        return worst
    }

    /// A map from part to state without any frame around it; only values that are health words count.
    private func flat(_ object: JSONObject) -> [CheckRecord] {
        let hasStatus = words.stated(object) != nil
        let members = object.members.filter { !Self.isMeta($0.name) }
        let texts = members.compactMap(\.value.string)
        let known = texts.count { words.status($0) != .unknown }
        // Where most texts are health words, the others are parts too, of words that nobody knows.
        let isHealthMap = !hasStatus && known > 0 && known * 2 >= texts.count
        return members.flatMap { member -> [CheckRecord] in
            switch member.value {
            case .object(let inner)
            where words.stated(inner) != nil || self.members(of: inner, under: "") != nil:
                return part(member.value, named: member.name, under: "")
            case .object: return container(member.value, under: member.name, isLoose: true) ?? []
            case .array(let elements): return wrapped(elements, under: member.name)
            case .string where HealthWords.badNews.contains(member.name.lowercased()): return []
            case .string(let text) where isHealthMap || words.status(text) != .unknown:
                return part(member.value, named: member.name, under: "")
            case .bool where HealthWords.isTruth(member.name):
                return part(member.value, named: member.name, under: "")
            default: return []
            }
        }
    }

    /// The parts of a list whose elements are each one part under its name: `[{"default": {"ok": true}}]`.
    ///
    /// Any other list under a name that nobody knows may be a history, in which a failure is long over.
    private func wrapped(_ elements: [JSONValue], under parent: String) -> [CheckRecord] {
        let parts = elements.compactMap { element -> JSONObject.Member? in
            guard let object = element.object, object.members.count == 1, let member = object.members.first,
                member.value.object.flatMap({ words.stated($0) }) != nil
            else { return nil }
            return member
        }
        guard parts.count == elements.count else { return [] }
        return parts.flatMap { part($0.value, named: $0.name, under: parent) }
    }

    /// The parts with names told apart: a second one of the same name is `name#2`.
    private func unique(_ checks: [CheckRecord]) -> [CheckRecord] {
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
