public import ConsoleModel
import PatternDetection
import WireProtocol

/// What can be said about one target after asking it once: link, dialect, clock, permissions.
public enum TargetDiagnosis {
    /// Clocks that differ by more than this make ages and limits wrong: two seconds, in milliseconds.
    static let skewLimit: Int64 = 2000

    /// The section of one target.
    ///
    /// - Parameters:
    ///   - hasToken: whether a token was sent.
    ///   - skew: how far the `Date` header is ahead of us, to the second; our own wire is nearer.
    public static func section(
        _ backend: BackendState, hasToken: Bool, skew: Duration?
    ) -> DiagnosisSection {
        var diagnoses = [link(backend)]
        if backend.link.state == .lost { return DiagnosisSection(backend.url, diagnoses) }
        if backend.health.receivedAt != nil { diagnoses += [health(backend)] + routes(backend) }
        if !backend.dialect.name.isEmpty { diagnoses += dialect(backend.dialect) }
        if backend.link.state != .ended {
            diagnoses.append(clock(backend.reception.clockSkew, dated: skew))
            diagnoses.append(permissions(backend, hasToken: hasToken))
        }
        if backend.dialect.coverage.sees(.patterns) { diagnoses.append(pattern(backend)) }
        let exposing = backend.dialect.coverage.exposingLines
        return DiagnosisSection(
            backend.url, diagnoses,
            lines: exposing.isEmpty ? [] : ["these lines would expose the pattern:"] + exposing)
    }

    private static func link(_ backend: BackendState) -> Diagnosis {
        let reason = backend.link.reason.map { ": \($0)" } ?? ""
        switch backend.link.state {
        case .connected, .stale:
            let latency = backend.health.record.latencyMs.map { Int(WireNumber.measure($0).rounded()) }
            let took = latency.map { ", health took \($0) ms" } ?? ""
            return Diagnosis(.ok, "link", "it answers\(took)")
        case .ended: return Diagnosis(.ok, "link", "a file, read to its end")
        case .connecting, .lost:
            return Diagnosis(
                .broken, "link", "no answer\(reason)",
                advice: reason.contains("--ca-file")
                    ? "name the authority that signed it with --ca-file, or accept any certificate with --insecure"
                    : "check that the backend runs and that its scheme, address and port are these")
        }
    }

    private static func health(_ backend: BackendState) -> Diagnosis {
        let record = backend.health.record
        let isRefused = [401, 403].contains(record.httpStatus)
        let advice = "name the health endpoint itself: http://HOST:PORT/path"
        // A source without health is read as far as it can be.
        let isExpected = !backend.dialect.coverage.sees(.health)
        // What a refusal asks for is said under permissions.
        return Diagnosis(
            record.status != .unknown ? .ok : isRefused || isExpected ? .unknown : .warning, "health",
            reading(record.address, record.httpStatus, record.status, record.reason),
            advice: record.status == .unknown && !isRefused && !isExpected ? advice : nil)
    }

    /// `GET /readyz HTTP 503, read as fail: no database`; the code stands there once.
    private static func reading(
        _ address: String?, _ http: Int?, _ status: HealthStatus, _ reason: String?, doubt: String = ""
    ) -> String {
        let asked = address.map { "GET \($0.isEmpty ? "/" : $0) " } ?? ""
        let code = http.map { "HTTP \($0)" } ?? ""
        var said = reason ?? ""
        if !code.isEmpty, said.hasPrefix(code) {
            said = String(said.dropFirst(code.count).drop { $0 == ":" || $0 == " " })
        }
        let words = said.isEmpty ? "" : ": " + said
        return "\(asked)\(code.isEmpty ? "" : code + ", ")read as \(status.rawValue)\(doubt)\(words)"
    }

    /// The other health routes that were asked: what each says, and those that count for nothing.
    private static func routes(_ backend: BackendState) -> [Diagnosis] {
        let record = backend.health.record
        let read = record.checks.filter { $0.kind != nil && $0.name != record.address }.map { check in
            let doubt = check.isTrusted ? "" : ", not believed"
            return Diagnosis(
                .ok, "route",
                reading(check.name, check.httpStatus, check.status, check.output, doubt: doubt))
        }
        guard !record.ignored.isEmpty else { return read }
        return read + [
            Diagnosis(
                .unknown, "guessed", "these count for nothing: " + record.ignored.joined(separator: ", "))
        ]
    }

    private static func dialect(_ dialect: DialectStatus) -> [Diagnosis] {
        [Diagnosis(.ok, "dialect", "\(dialect.name): \(dialect.coverage.summary)")]
            + dialect.notObservable.map { Diagnosis(.unknown, "not seen", $0) }
            + dialect.coverage.notes.map { Diagnosis(.unknown, "note", $0) }
    }

    private static func clock(_ skew: Duration?, dated: Duration?) -> Diagnosis {
        guard let known = skew ?? dated else {
            return Diagnosis(.unknown, "clock", "the backend does not tell the time")
        }
        let seen = "\(AgeText.signed(known)) against ours"
        if abs(known.wholeMilliseconds) <= skewLimit {
            // A Date header counts whole seconds, and servers write the same one for a while (ServerDate).
            return Diagnosis(.ok, "clock", skew == nil ? "within 3s of ours, by its Date header" : seen)
        }
        return Diagnosis(
            .warning, "clock", seen,
            advice: "synchronise both clocks (timedatectl set-ntp true): ages and limits are off by that much"
        )
    }

    private static func permissions(_ backend: BackendState, hasToken: Bool) -> Diagnosis {
        let record = backend.health.record
        let refusal = backend.reception.lastRefusal ?? backend.link.reason ?? ""
        let isRefused = [401, 403].contains(record.httpStatus)
        if refusal.contains("HTTP 401") || refusal.contains("HTTP 403") || isRefused {
            // Only our own wire is read with the lines of a token file; others say of which scheme they are.
            let isOurs = backend.dialect.name == "native"
            let scheme = record.challenge.map { " of scheme \($0)" } ?? ""
            let isBearer = record.challenge.map { $0.lowercased() == "bearer" } ?? true
            let sending =
                isBearer
                ? "put the token into a file and use --token-file FILE"
                : "put a line Authorization: \(record.challenge ?? "") … into a file and use --header-file FILE"
            return Diagnosis(
                .broken, "permissions",
                hasToken ? "the token may not read this" : "it asks for a token\(scheme)",
                advice: hasToken
                    ? isOurs
                        ? "use a token of the backend's token file whose line says read"
                        : "use a token that may read this address"
                    : isOurs ? "put a line TOKEN NAME read into a file and use --token-file FILE" : sending)
        }
        guard backend.reception.hasSnapshot else {
            return Diagnosis(.ok, "permissions", "health needs none; there is nothing more to read")
        }
        let how = hasToken ? "with the token" : "without a token"
        return Diagnosis(.ok, "permissions", "read \(how); whether act is allowed was not tried")
    }

    private static func pattern(_ backend: BackendState) -> Diagnosis {
        guard !backend.paths.values.isEmpty else {
            return Diagnosis(
                .warning, "pattern", "no consumer path is declared",
                advice: "declare the backend's paths: ContextMonitor.declare, or exposer.path(…)")
        }
        guard backend.isPatternObservable else {
            return Diagnosis(
                .warning, "pattern", "the paths are declared and none has evidence",
                advice: "report evidence: ContextMonitor.observe, or app.state.tool_classes for the exposer")
        }
        return Diagnosis(.ok, "pattern", backend.verdict.summary)
    }
}
