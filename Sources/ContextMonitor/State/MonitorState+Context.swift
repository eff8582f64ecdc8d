import WireProtocol

extension MonitorState {
    /// One context whole, live or among the last that ended: ids, dispatcher, tools, limits, trail.
    ///
    /// Its events are looked for by ``EventRing/events(of:)``.
    func context(_ key: Owned<ContextID>, now: Timestamp) -> JSONObject? {
        if let record = contexts[key] {
            return document(record, pasts[key] ?? ContextPast(), now: now)
        }
        guard let ended = endedContexts.records.last(where: { $0.record.key == key }) else { return nil }
        var object = document(ended.record, ended.past, now: now)
        object["ended"] = ["at": .string(ended.at.rfc3339), "reason": .string(ended.reason)]
        return object
    }

    /// The users who have a context of that id, live or among the last that ended, sorted.
    func contextOwners(of id: ContextID) -> [UserID] {
        Set(contexts.keys).union(endedContexts.records.map(\.record.key)).owners(of: id)
    }

    /// The session of a context, live or ended.
    func session(of context: Owned<ContextID>) -> Owned<SessionID>? {
        let record = contexts[context] ?? endedContexts.records.last { $0.record.key == context }?.record
        return record.flatMap { record in record.session.map { Owned($0, of: record.user) } }
    }

    private func document(_ record: ContextRecord, _ past: ContextPast, now: Timestamp) -> JSONObject {
        var object = record.json.object ?? JSONObject()
        object.set("parent", past.parent)
        object.set(
            "children",
            pasts.filter { $0.key.user == record.key.user && $0.value.parent == record.id }
                .map(\.key.id.rawValue).sorted())
        let entry = record.dispatcher.flatMap { id in
            dispatchers[id] ?? disposedDispatchers.records.last { $0.record.id == id }
        }
        if let entry { object["dispatcherRecord"] = shown(entry, now: now).json }
        let names = Set(entry?.tools ?? []).union(past.calls.keys)
        object["tools"] = .array(
            names.sorted().map { name in
                ["name": .string(name), "calls": .integer(Int64(past.calls[name] ?? 0))]
            })
        var rows = past.trail.rows
        if let earlier = entry?.transitions, !earlier.isEmpty {
            rows = (earlier + rows).sorted { $0.at < $1.at }
        }
        object["audit"] = .array(rows.map(\.json))
        object.set("auditOmitted", past.trail.omitted)
        object["limits"] = .object(
            limits.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0[$1.key] = $1.value.json })
        return object
    }
}
