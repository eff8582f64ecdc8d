import ContextMonitor
import Hummingbird
import WireProtocol

/// What an operator whose token allows it may change while the backend runs.
struct OperatorActions: Sendable {
    let backend: Backend

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        let root = RouterPath(stringLiteral: ContextMonitor.root)
        let access = backend.configuration.operators
        router.group(root).add(middleware: OperatorGate(access: access)).get("/faults") { _, _ in
            Response(json: faults)
        }
        let actions = router.group(root).add(middleware: OperatorGate(access: access, right: .act))
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
