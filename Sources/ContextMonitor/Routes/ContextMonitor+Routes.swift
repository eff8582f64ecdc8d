import HTTPTypes
public import Hummingbird
import NIOCore
import Synchronization
import WireProtocol

extension ContextMonitor {
    /// Where the monitoring routes are, as `links.monitor` says it.
    public static let root = "/monitor/v1"

    /// Adds `/health`, `/livez`, `/readyz` for anyone, `/metrics` and `/monitor/v1` for operators.
    public func addRoutes<Context: RemoteAddressRequestContext>(
        to router: some RouterMethods<Context>, access: OperatorAccess
    ) {
        router.get("/health") { _, _ in self.healthResponse() }
        router.get("/livez") { request, _ in Self.kubernetes(request, "livez", []) }
        router.get("/readyz") { request, _ in Self.kubernetes(request, "readyz", self.readiness()) }
        router.get("/readyz/:check") { request, context in
            let name = context.parameters.get("check") ?? ""
            guard let check = self.readiness().first(where: { $0.name == name }) else {
                throw Problem(.notFound, "there is no check \(name)")
            }
            return Self.kubernetes(request, "readyz", [check])
        }
        let gate = OperatorGate<Context>(access: access, wrongTokens: wrongTokens)
        router.group().add(middleware: gate).get("/metrics") { request, _ in
            let format = MetricsText.Format(accept: request.headers[.accept])
            let moment = self.now()
            let streams = self.streamCount
            let text = self.state.withLock { $0.metricsText(format, now: moment, streams: streams) }
            return Response(
                status: .ok,
                headers: [.contentType: format.mediaType, .cacheControl: "no-store", .vary: "Accept"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        let operators = router.group(RouterPath(stringLiteral: Self.root)).add(middleware: gate)
        operators.get("/snapshot") { _, _ in Response(json: self.snapshot().json) }
        operators.get("/contexts/:id") { request, context in
            try self.contextResponse(
                ContextID(rawValue: context.parameters.get("id") ?? ""), of: request.namedUser)
        }
        operators.get("/events") { request, _ in try self.eventStream(request) }
    }

    private func contextResponse(_ id: ContextID, of user: UserID?) throws(Problem) -> Response {
        let moment = now()
        let (owners, found, session, ring) = state.withLock { state in
            let owners = user.map { [$0] } ?? state.contextOwners(of: id)
            let key = Owned(id, of: owners.first)
            return (owners, state.context(key, now: moment), state.session(of: key), state.ring)
        }
        if owners.count > 1 { throw .severalOwners(of: "context \(id)", owners) }
        guard var object = found else {
            throw Problem(
                .notFound,
                "there is no context \(Owned(id, of: user)), nor was it among the last that ended")
        }
        object["events"] = .array(ring.events(of: session))
        return Response(json: .object(object))
    }

    private func healthResponse() -> Response {
        let moment = now()
        let (health, rows) = state.withLock { state in
            let rows = state.healthRows(now: moment)
            return (state.health(rows.map(\.check), now: moment), rows)
        }
        let times = Dictionary(rows.map { ($0.check.name, $0.at) }, uniquingKeysWith: { first, _ in first })
        return Response(
            json: HealthDocument.json(health, times: times, configuration, root: Self.root),
            status: health.status == .fail ? .serviceUnavailable : .ok, mediaType: HealthDocument.mediaType)
    }

    /// The text that Kubernetes' own components answer with; a check in `?exclude=` does not count.
    private static func kubernetes(_ request: Request, _ name: String, _ checks: [CheckRecord]) -> Response {
        let query = request.uri.queryParameters
        let excluded = Set(query.getAll("exclude"))
        let counted = checks.filter { !excluded.contains($0.name) }
        let hasFailed = counted.contains { $0.status == .fail }
        var lines = counted.map { check in
            check.status == .fail
                ? "[-]\(check.name) failed: \(check.output ?? "no reason given")"
                : "[+]\(check.name) ok" + (check.observedValue.map { ": \($0)" } ?? "")
        }
        lines += checks.filter { excluded.contains($0.name) }.map { "[+]\($0.name) excluded: ok" }
        lines.append("\(name) check \(hasFailed ? "failed" : "passed")")
        let isVerbose = hasFailed || query.has("verbose")
        let text = isVerbose ? lines.joined(separator: "\n") + "\n" : "ok"
        return Response(
            status: hasFailed ? .internalServerError : .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
