@testable import ConsoleApp
import ConsoleModel
import Testing
import WireProtocol

/// What `ctxtop doctor` says about a target's health routes and permissions.
@Suite struct TargetDiagnosisTests {
    private func lines(_ record: HealthRecord, dialect: String = "health", hasToken: Bool = false)
        -> [Diagnosis]
    {
        var store = Store(ConsoleState(now: Timestamp(milliseconds: 1_800_000_000_000)))
        let key = BackendKey(0)
        _ = store.send(.addBackend(key, url: "http://localhost:1"))
        for message in [
            Message.dialect(name: dialect, coverage: .whole), .health(record, body: []),
            .link(.connected, reason: nil, retryIn: nil),
        ] {
            _ = store.send(.received(key, message, at: store.state.now))
        }
        return TargetDiagnosis.section(store.state.backends[0], hasToken: hasToken, skew: nil).diagnoses
    }

    @Test func theAddressThatWasReadIsNamedWithItsCode() {
        var record = HealthRecord(.fail)
        record.address = "/healthz"
        record.httpStatus = 503
        record.reason = "HTTP 503: queue"
        var ready = CheckRecord(name: "/readyz", status: .pass)
        (ready.kind, ready.httpStatus, ready.isTrusted) = (.readiness, 200, false)
        record.checks = [ready, CheckRecord(name: "db", status: .pass)]
        record.ignored = ["/ready HTTP 404", "/-/ready HTTP 403"]
        let lines = lines(record)
        #expect(lines.first { $0.what == "health" }?.seen == "GET /healthz HTTP 503, read as fail: queue")
        #expect(
            lines.filter { $0.what == "route" }.map(\.seen)
                == ["GET /readyz HTTP 200, read as pass, not believed"])
        #expect(
            lines.first { $0.what == "guessed" }?.seen
                == "these count for nothing: /ready HTTP 404, /-/ready HTTP 403")
    }

    @Test(
        arguments: [
            (
                "health", nil, false, "it asks for a token",
                "put the token into a file and use --token-file FILE"
            ),
            (
                "health", "Basic", false, "of scheme Basic",
                "Authorization: Basic … into a file and use --header-file"
            ),
            ("native", "Bearer", false, "of scheme Bearer", "put a line TOKEN NAME read into a file"),
            ("native", nil, true, "may not read this", "token file whose line says read"),
            ("health", nil, true, "may not read this", "use a token that may read this address"),
        ] as [(String, String?, Bool, String, String)])
    func whatARefusalNeedsIsSaidForItsScheme(
        _ dialect: String, _ scheme: String?, _ hasToken: Bool, _ seen: String, _ advice: String
    ) throws {
        var record = HealthRecord(.unknown)
        record.httpStatus = 403
        record.challenge = scheme
        let lines = lines(record, dialect: dialect, hasToken: hasToken)
        let permissions = try #require(lines.first { $0.what == "permissions" })
        #expect(permissions.seen.contains(seen), "\(permissions.seen)")
        #expect(permissions.advice?.contains(advice) == true, "\(permissions.advice ?? "")")
        #expect(lines.first { $0.what == "health" }?.advice == nil)
    }
}
