import ContextMonitor
import HTTPTypes
import Hummingbird
import WireProtocol

/// Stands before the health endpoint and lets faults spoil its answers; with none on it does nothing.
struct FaultyHealth: RouterMiddleware {
    let faults: ActiveFaults
    let monitor: MonitorConfiguration

    func handle(
        _ request: Request, context: BackendContext,
        next: (Request, BackendContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path == "/health" else { return try await next(request, context) }
        let active = faults.health
        for fault in active {
            if case .takes(let duration) = fault { try await Task.sleep(for: duration) }
        }
        return active.contains(.isConstant) ? constant : try await next(request, context)
    }

    /// What a health endpoint answers that looks at nothing; the link stays, or nobody would find the rest.
    private var constant: Response {
        Response(
            json: [
                "status": "pass", "version": "1", "releaseId": .string(monitor.version),
                "serviceId": .string(monitor.name), "output": "all systems operational",
                "links": ["monitor": .string(ContextMonitor.root)],
            ], mediaType: "application/health+json")
    }
}
