import ContextMonitor
import Hummingbird
import PatternDetection
import WireProtocol

/// What an operator whose token allows it may change while the backend runs.
struct OperatorActions: Sendable {
    let backend: Backend

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        let root = RouterPath(stringLiteral: ContextMonitor.root)
        let access = backend.configuration.operators
        let wrongTokens = backend.monitor.wrongTokens
        let readers = router.group(root).add(
            middleware: OperatorGate(access: access, wrongTokens: wrongTokens))
        readers.get("/faults") { _, _ in Response(json: faults) }
        let actions = router.group(root).add(
            middleware: OperatorGate(access: access, right: .act, wrongTokens: wrongTokens))
        actions.post("/faults") { request, context in
            let body = try await request.jsonObject()
            guard let text = body.string("fault"), let isOn = body.bool("on") else {
                throw Problem(.badRequest, #"write {"fault":"NAME","on":true}"#)
            }
            do throws(FaultSettingError) {
                let setting = try FaultSetting(parsing: text, needsValue: isOn)
                backend.setFault(setting, isOn: isOn, by: context.operatorName)
            } catch { throw Problem(.badRequest, error.description) }
            return Response(json: faults)
        }
        actions.post("/sessions/:id/terminate") { request, context in
            let id = try context.pathIdentifier("id") as SessionID
            do throws(OperatorRefusal) {
                try await backend.hub.terminate(id, of: request.namedUser, by: context.operatorName)
            } catch { throw error.problem }
            return done("terminated session \(Owned(id, of: request.namedUser))", by: context)
        }
        actions.post("/dispatchers/:id/dispose") { _, context in
            let id = try context.pathIdentifier("id") as DispatcherID
            do throws(OperatorRefusal) { try await backend.hub.dispose(id, by: context.operatorName) } catch {
                throw error.problem
            }
            return done("disposed dispatcher \(id)", by: context)
        }
        actions.post("/paths/:path/pattern") { request, context in
            try await switchPattern(request, context)
        }
    }

    /// Moves one path, or with the path `all` every path, to a pattern: all of them or none.
    ///
    /// With `"rehearse": true` it is only tried out.
    private func switchPattern(_ request: Request, _ context: BackendContext) async throws -> Response {
        let body = try await request.jsonObject()
        let patterns: [ConsumerPath: StartupPattern]
        do throws(OperatorRefusal) {
            patterns = try wanted(context.pathText("path"), body.string("pattern") ?? "")
        } catch { throw error.problem }
        let rehearsal = await backend.rehearse(patterns)
        if body.bool("rehearse") == true {
            return Response(json: ["passed": .bool(rehearsal.passed), "paths": rehearsal.json])
        }
        guard rehearsal.passed || body.bool("force") == true else {
            throw OperatorRefusal.rehearsalFailed(rehearsal.rows.filter { $0.error != nil }).problem
        }
        await backend.migrate(patterns)
        let words = patterns.sorted { $0.key < $1.key }.map { "\($0.key) to \($0.value.rawValue)" }
        return done("switched " + words.joined(separator: ", "), by: context)
    }

    private func wanted(
        _ path: String, _ pattern: String
    ) throws(OperatorRefusal) -> [ConsumerPath: StartupPattern] {
        guard let found = StartupPattern.selectable.first(where: { $0.rawValue == pattern }) else {
            throw .unknownPattern(pattern)
        }
        let paths = path == "all" ? ConsumerPath.all : ConsumerPath.all.filter { $0.rawValue == path }
        guard !paths.isEmpty else { throw .unknownPath(path) }
        return Dictionary(uniqueKeysWithValues: paths.map { ($0, found) })
    }

    private func done(_ deed: String, by context: BackendContext) -> Response {
        backend.audit(context.operatorName, deed)
        return Response(json: ["detail": .string(deed)])
    }

    /// Every fault there is, and whether it is on.
    private var faults: JSONValue {
        let active = backend.activeFaults
        return [
            "faults": .array(
                Fault.all.map { fault in
                    let setting = active.first { $0.fault.name == fault.name }
                    var row: JSONObject = ["fault": .string(fault.name), "on": .bool(setting != nil)]
                    if let setting, !setting.value.isEmpty { row.set("value", setting.value) }
                    row.set("parameter", fault.parameter)
                    row.set("summary", fault.summary)
                    return .object(row)
                })
        ]
    }
}
