import Dialects
import Foundation
import Testing
import WireProtocol

/// Answers captured from running programs, read where they lie; nothing of them is copied here.
@Suite struct HealthCaptureTests {
    /// A captured answer and what it must be read as.
    struct Capture: Sendable, CustomTestStringConvertible {
        let path: String
        let status: HealthStatus
        let checks: [String]
        var reason: String?
        var testDescription: String { path }

        init(_ path: String, _ status: HealthStatus, _ checks: [String] = [], reason: String? = nil) {
            self.path = path
            self.status = status
            self.checks = checks
            self.reason = reason
        }
    }

    /// The captures of other people's backends, where the shared folder stands beside the project.
    static let folder = SharedFixtures.root + "/fixtures"

    static let all: [Capture] = [
        Capture(
            "health/django_ht_json.http", .pass,
            [
                "Cache(alias='default')=pass", "Database(alias='default')=pass",
                "Storage(alias='default')=pass",
            ]),
        Capture("health/etcd_health.http", .pass),
        Capture("health/influx_ping.http", .pass),
        Capture("health/prometheus_healthy.http", .pass, reason: "Prometheus Server is Healthy."),
        Capture("health/prometheus_ready.http", .pass, reason: "Prometheus Server is Ready."),
        Capture("health/prometheus_metrics.http", .pass, reason: "a metrics page of"),
        Capture("health/py_fh_health.http", .pass),
        Capture("health/py_fh_health_fail.http", .fail),
        Capture("health/py_fhc_health.http", .pass, ["db=pass", "dispatcher=pass"]),
        Capture("health/py_fhc_health_fail.http", .fail, ["db=pass", "dispatcher=fail"]),
        Capture("health/py_healthz_live.http", .pass),
        Capture("health/py_healthz_ready.http", .fail, reason: "dispatcher"),
        Capture(
            "health/py_ietf_health.http", .unknown,
            ["db:responseTime=pass", "tool-dispatcher:registered=fail"],
            reason: "HTTP 400: the body says fail; tool-dispatcher:registered"),
        Capture("langgraph-server/ok.http", .pass),
        Capture("netra/factory/health.json", .pass),
        Capture("netra/failed/health.json", .fail, reason: "Startup failed"),
        Capture("netra/starting/health.json", .fail, ["phase=unknown"], reason: "Startup in progress"),
        Capture("netra/factory/health_live.json", .pass),
        Capture("netra/factory/health_ready.json", .fail, reason: "Core database unavailable"),
        Capture("netra/failed/health_ready.json", .fail, reason: "not ready"),
        Capture("netra/factory/health_agents.json", .pass),
        Capture("netra/factory/health_alerts.json", .fail, reason: "coroutine"),
        Capture("netra/factory/api_monitoring_health.json", .unknown, reason: "401"),
        Capture(
            "netra/factory/api_health_.json", .fail, ["postgresql=fail", "redis=fail", "clickhouse=unknown"]),
        Capture(
            "netra/factory/ws_health.json", .warn,
            ["metrics/websocket=unknown", "metrics/authentication=unknown"]),
        Capture(
            "netra/factory/ws_factory_health.json", .pass, ["websocket_manager=pass", "factory_adapter=pass"]),
    ]

    private static func answer(_ path: String) -> HealthAnswerDocument? {
        guard let file = FileManager.default.contents(atPath: folder + "/" + path) else { return nil }
        if path.hasSuffix(".json") {
            guard let json = try? JSONParser.parse(file), let status = json["http_status"]?.integer else {
                return nil
            }
            return HealthAnswerDocument(
                status: Int(status), contentType: "application/json", body: json["body"]?.serialized ?? [])
        }
        let text = String(decoding: file, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        guard let blank = text.range(of: "\n\n") else { return nil }
        let head = text[..<blank.lowerBound].split(separator: "\n")
        let type = head.first { $0.lowercased().hasPrefix("content-type:") }.map { String($0.dropFirst(13)) }
        return HealthAnswerDocument(
            status: head.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0, contentType: type,
            body: Array(text[blank.upperBound...].utf8))
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: folder), "the captures are not here"),
        arguments: all)
    func readsTheCaptureAsWrittenDown(_ capture: Capture) throws {
        guard let answer = Self.answer(capture.path) else { return }
        let record = HealthNormalizer.read(answer)
        #expect(record.status == capture.status, "\(record.reason ?? "")")
        #expect(record.checks.map { "\($0.name)=\($0.status.rawValue)" } == capture.checks)
        if let reason = capture.reason {
            #expect(record.reason?.contains(reason) == true, "\(record.reason ?? "")")
        }
        let isNetra = answer.json?["service"]?.string == "netra-ai-platform"
        let isMetrics = capture.path.hasSuffix("metrics.http")
        #expect(
            Dialect.recognizing(answer).name == (isNetra ? "netra" : isMetrics ? "prometheus" : "health"))
    }
}
