import PatternDetection
import WireProtocol

extension MonitorState {
    /// The health of the whole: the worst of what the parts say.
    func health(now: Timestamp) -> HealthRecord { health(healthRows(now: now).map(\.check), now: now) }

    /// The health that these checks make.
    func health(_ checks: [CheckRecord], now: Timestamp) -> HealthRecord {
        var record = HealthRecord()
        record.checks = checks
        record.status = record.checks.map(\.status).filter { $0 != .unknown }.max() ?? .pass
        if startup.error != nil { record.status = .fail }
        let worst = record.checks.filter { $0.status == record.status && $0.status != .pass }
        if !worst.isEmpty { record.reason = worst.map(\.name).joined(separator: ", ") }
        record.at = now
        return record
    }

    /// Every check and when it was made; what is counted here and now is as old as the answer.
    func healthRows(now: Timestamp) -> [(check: CheckRecord, at: Timestamp)] {
        var rows = pathRecords.map { record in
            let seen = (record.evidence.map(\.at) + [record.lastOutcome.at]).compactMap { $0 }.max()
            return (patternCheck(record, now: now), seen ?? now)
        }
        rows += ownChecks(now: now).map { ($0, now) }
        rows += checks.values.sorted { $0.check.name < $1.check.name }.map { ($0.shown(now: now), $0.at) }
        rows += watchedChecks.sorted { $0.key < $1.key }.map { name, check in
            (check.shown(name, now: now), check.last?.at ?? check.runningSince ?? now)
        }
        return rows
    }

    /// Both patterns of one path, validated: what each looks like, and how the last creation ended.
    func patternCheck(_ record: PathRecord, now: Timestamp) -> CheckRecord {
        let judgement = record.judgement
        var check = CheckRecord(name: "pattern:\(record.path)")
        check.observedValue = judgement.verdict.description
        check.status =
            switch judgement.verdict.severity {
            case .ok, .notice: .pass
            case .warning: .warn
            case .critical: .fail
            case .unknown: .unknown
            }
        func value(_ fields: [EvidenceField]) -> String {
            let rows = record.evidence.map(\.evidence)
            return fields.compactMap { field in rows.last { $0.field == field }?.value }.first
                ?? "not observed"
        }
        var words = "factory: tool_classes \(value([.toolClasses]))"
        words += "; legacy: tool_dispatcher \(value([.supervisorDispatcher, .toolDispatcher]))"
        if record.lastOutcome.status == .error {
            check.status = .fail
            words += "; last creation failed: \(record.lastOutcome.error ?? "no reason given")"
        } else if record.lastOutcome.status == .fallback {
            check.status = max(check.status, .warn)
            words += "; last creation fell back: \(record.lastOutcome.error ?? "no reason given")"
        }
        if let tried = readinessChecks["dispatcher:\(record.path)"]?.shown(now: now) {
            words += "; last try: \(tried.output ?? tried.observedValue ?? tried.status.rawValue)"
        }
        check.output = words
        return check
    }

    private func ownChecks(now: Timestamp) -> [CheckRecord] {
        var connections = CheckRecord(name: "sessions:connections", status: .pass)
        connections.observedValue = String(sessions.count)
        var uptime = CheckRecord(name: "uptime", status: .pass)
        uptime.observedValue = String(now.since(startedAt).wholeMilliseconds / 1000)
        return [connections, uptime]
    }
}

/// Health documents in the format of draft-inadarei-api-health-check-06.
package enum HealthDocument {
    /// The media type of that draft.
    package static let mediaType = "application/health+json"

    /// The whole document; `links.monitor` is how a console finds the rest.
    package static func json(
        _ health: HealthRecord, times: [String: Timestamp], _ configuration: MonitorConfiguration,
        root: String
    ) -> JSONValue {
        var checks = JSONObject()
        for check in health.checks {
            var row = JSONObject()
            row.set("componentType", check.name.hasPrefix("pattern:") ? "component" : "system")
            row.set("observedValue", check.observedValue)
            row.set("status", check.status.rawValue)
            row.set("output", check.output)
            row.set("time", times[check.name] ?? health.at)
            checks[check.name] = [.object(row)]
        }
        var object: JSONObject = ["status": .string(health.status.rawValue)]
        object.set("version", "1")
        object.set("releaseId", configuration.version)
        object.set("serviceId", configuration.name)
        object.set("output", health.reason)
        object["checks"] = .object(checks)
        object["links"] = ["monitor": .string(root)]
        return .object(object)
    }
}
