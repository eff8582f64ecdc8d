import WireProtocol

/// Asks every health route of a Netra backend and shows them as one health, each with how far it is believed.
struct NetraReader: DialectReader {
    private var answers: [String: [CheckRecord]] = [:]
    private var health: (record: HealthRecord, body: [UInt8])?
    private var seesSessions = false
    /// How many of the connections that it lists were read; nil for all.
    private var listed: Coverage.Listed?
    /// What the backend claims about its pattern: `mode: factory`.
    private var claim: String?

    /// How many connections are read.
    private static let maximumSessions = 10_000

    /// The operator's own connection: it hears what its own user's agents do, and nobody else's.
    private static let socket = DialectRequest("/ws", .socket)

    private var frames = NetraFrameReader()
    private var seesEvents = false

    var requests: [DialectRequest] { NetraRoute.all.map(\.request) + [Self.socket] }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(let record, let body):
            health = (record, body)
            return merged
        case .document(let request, let document, let took):
            guard let route = NetraRoute.all.first(where: { $0.path == request.path }) else { return [] }
            answers[route.path] = checks(of: route, document, took, at: moment)
            if route.path == NetraRoute.stats.path { return takeStatistics(document) + merged }
            return takeClaim(of: route, document) + merged
        case .frame(_, let bytes):
            let events = frames.take(bytes, at: moment).messages
            if seesEvents { return events }
            seesEvents = true
            return [coverage] + events
        case .opened:
            frames = NetraFrameReader()
            return []
        case .event: return []
        case .failed(let request, let reason):
            if request == Self.socket { return [.refused(what: "/ws", reason: reason)] }
            var check = CheckRecord(name: request.path)
            check.output = reason
            check.kind = NetraRoute.all.first { $0.path == request.path }?.kind
            answers[request.path] = [check]
            return merged
        }
    }

    /// The health endpoint's own answer with the rows of every other route behind it.
    private var merged: [Message] {
        guard let health else { return [] }
        var record = health.record
        if record.status == .pass {
            var own = CheckRecord(name: "/health", status: .pass)
            own.isTrusted = false
            own.reason = "a constant once start-up is over; no component is asked"
            own.kind = .overall
            own.httpStatus = record.httpStatus
            own.latencyMs = record.latencyMs
            own.at = record.at
            record.checks.append(own)
        }
        for route in NetraRoute.all { record.checks += answers[route.path] ?? [] }
        record.countReadiness()
        return [.health(record, body: health.body)]
    }

    /// A route that names a mode claims a pattern; it is said beside what cannot be observed.
    private mutating func takeClaim(of route: NetraRoute, _ document: HealthAnswerDocument) -> [Message] {
        guard route.path == NetraRoute.factoryStatus.path else { return [] }
        let mode = document.status == 200 ? document.json?["mode"]?.string : nil
        let claim = mode.map { "mode: \($0.prefix(40)) (\(route.path))" }
        guard self.claim != claim else { return [] }
        self.claim = claim
        return [coverage]
    }

    private func checks(
        of route: NetraRoute, _ document: HealthAnswerDocument, _ took: Duration, at moment: Timestamp
    ) -> [CheckRecord] {
        // A release has some of these routes, and keeps others for its own operators.
        if document.countsForNothing, ![401, 403].contains(document.status) { return [] }
        let json = document.json
        let translated = json.map { NetraWords.translated($0).serialized } ?? document.body
        let read = HealthNormalizer.read(
            HealthAnswerDocument(
                status: document.status, contentType: document.contentType, body: translated))
        var whole = CheckRecord(name: route.path, status: read.status)
        whole.observedValue = "HTTP \(document.status), \(took.wholeMilliseconds) ms"
        whole.output = read.reason
        whole.kind = route.kind
        whole.httpStatus = document.status
        whole.latencyMs = Double(took.wholeMilliseconds)
        whole.at = moment
        if let doubt = json.flatMap(route.doubt) {
            whole.isTrusted = false
            whole.reason = doubt
        }
        let breakers = Self.breakers(json)
        // Breakers have rows of their own, with their state.
        let own =
            breakers.isEmpty ? read.checks : read.checks.filter { !$0.name.hasPrefix("circuit_breakers/") }
        let parts = own + breakers + Self.counts(json) + Self.claims(json)
        return [whole]
            + parts.map { part in
                var part = part
                part.name = route.path + " " + part.name
                if !whole.isTrusted { (part.isTrusted, part.reason) = (false, whole.reason) }
                return part
            }
    }

    /// `/api/circuit-breakers/status`: each breaker, closed is well.
    private static func breakers(_ json: JSONValue?) -> [CheckRecord] {
        (json?["circuit_breakers"]?.object?.members ?? []).map { member in
            var check = CheckRecord(name: member.name)
            let state = member.value["state"]?.string ?? ""
            check.status =
                switch NetraWords.common(state) {
                case "pass": .pass
                case "warn": .warn
                case "fail": .fail
                default: .unknown
                }
            check.observedValue = state
            check.output = member.value["stats"]?["failure_rate"]?.string.map { "failure rate \($0)" }
            return check
        }
    }

    /// `/ws/factory/status`: how many requests took the factory, the legacy code, and the way back.
    private static func counts(_ json: JSONValue?) -> [CheckRecord] {
        let metrics = json?["factory_pattern"]?["migration_status"]?["metrics"]
        return ["factory_calls", "legacy_calls", "fallback_to_legacy", "factory_failures"].compactMap {
            name in
            guard let count = metrics?[name]?.integer else { return nil }
            var check = CheckRecord(name: name)
            check.observedValue = "\(count)"
            return check
        }
    }

    /// What a route of the WebSocket side claims: its mode and isolation, which nothing shows.
    private static func claims(_ json: JSONValue?) -> [CheckRecord] {
        guard json?["mode"]?.string != nil else { return [] }
        return ["mode", "isolation"].compactMap { name in
            guard let value = json?[name]?.string else { return nil }
            var check = CheckRecord(name: name)
            check.observedValue = value
            return check
        }
    }

    private var coverage: Message {
        var coverage = Coverage.netra(seesSessions: seesSessions, seesEvents: seesEvents, claim: claim)
        coverage.listed[.sessions] = listed
        return .dialect(name: Dialect.netra.name, coverage: coverage)
    }

    /// `/ws/stats`: `isolation_keys` are `USER:CONNECTION`.
    private mutating func takeStatistics(_ document: HealthAnswerDocument) -> [Message] {
        let state = document.json?["websocket_manager"]?["current_state"]
        let keys = document.status == 200 ? state?["isolation_keys"]?.array : nil
        let names = (keys ?? []).prefix(Self.maximumSessions).compactMap(\.string)
        let unread = (keys?.count ?? 0) - names.count
        let listed =
            unread > 0
            ? Coverage.Listed(read: names.count, total: names.count + unread, missesUrgent: true) : nil
        var messages: [Message] = []
        if (keys != nil) != seesSessions || listed != self.listed {
            (seesSessions, self.listed) = (keys != nil, listed)
            messages.append(coverage)
        }
        guard keys != nil else { return messages }
        var snapshot = BackendSnapshot(name: "netra")
        snapshot.sessions = names.map { key in
            var session = SessionRecord(
                id: SessionID(rawValue: key), user: UserID(rawValue: String(key.prefix { $0 != ":" })))
            session.state = .idle
            return session
        }
        return messages + [.snapshot(snapshot)]
    }
}
