import ContextMonitor
import Hummingbird
import PatternDetection
import WireProtocol

/// A server that is not our backend: one path, its own tools, and a monitor that makes it visible.
struct FortyLineServer: Sendable {
    let monitor: ContextMonitor
    let tools: [String: @Sendable (Int) -> Int] = ["double": { $0 * 2 }, "square": { $0 * $0 }]

    init(now: @escaping @Sendable () -> Timestamp, access: OperatorAccess = .insecureLoopback) {
        monitor = ContextMonitor(
            MonitorConfiguration(name: "forty", version: "0.1", instance: "i-1", bootID: "boot"), now: now)
        self.access = access
        monitor.declare(.http)
        monitor.observe([Evidence(.toolClasses, String(tools.count), source: "main")], on: .http)
        monitor.startupFinished()
    }

    private let access: OperatorAccess

    func application(onServerRunning: @escaping @Sendable (Int) -> Void = { _ in })
        -> some ApplicationProtocol
    {
        let router = Router(context: MonitorRequestContext.self)
        monitor.addRoutes(to: router, access: access)
        router.get("/double/:number") { _, context in
            let number = context.parameters.get("number", as: Int.self) ?? 0
            return String(call("double", number, user: "ada"))
        }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in onServerRunning(channel.localAddress?.port ?? 0) })
    }

    func call(_ tool: String, _ number: Int, user: UserID) -> Int {
        var about = EventMetadata()
        (about.user, about.session, about.run, about.path) = (
            user, "s", RunID(rawValue: "r\(number)"), "http"
        )
        monitor.publish(.runStarted, ["runId": .string("r\(number)")], about: about)
        monitor.publish(.toolCallStart, ["toolCallId": "c", "toolCallName": .string(tool)], about: about)
        let result = tools[tool]?(number) ?? 0
        monitor.publish(.toolCallResult, ["toolCallId": "c", "content": .string("\(result)")], about: about)
        monitor.publish(.runFinished, ["runId": .string("r\(number)")], about: about)
        return result
    }
}
