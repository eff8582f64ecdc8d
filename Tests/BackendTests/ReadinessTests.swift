import ContextMonitor
import Dispatch
import PatternDetection
import Synchronization
import Testing
import WireProtocol

@testable import Backend

/// `/readyz` says what a dispatcher that was really made says.
@Suite(.timeLimit(.minutes(2))) struct ReadinessTests {
    @Test func everyPathMadeADispatcherThatNobodySees() async throws {
        try await RunningBackend.with { backend in
            let (status, text) = try await backend.text("/readyz?verbose", as: nil)
            #expect(status == 200)
            for path in ConsumerPath.all {
                #expect(text.contains("[+]dispatcher:\(path) ok: made and disposed in "))
            }
            #expect(text.contains(" s ago"))
            #expect(backend.monitor.snapshot().dispatchers.isEmpty)
            #expect(backend.monitor.snapshot().paths.allSatisfy { $0.created == 0 })
        }
    }

    @Test func aPathThatCanMakeNoneIsNotReady() async throws {
        try await RunningBackend.with {
            $0.toolClasses = [Unlicensed.self]
        } _: { backend in
            let (status, text) = try await backend.text("/readyz", as: nil)
            #expect(status == 500)
            #expect(text.contains("[-]dispatcher:http failed: unlicensed: tool not available: no licence, "))
            // The pattern looks well: only the try has found it.
            #expect(text.contains("[+]pattern:http ok\n"))
            #expect(try await backend.text("/readyz/dispatcher:http", as: nil).status == 500)
        }
    }

    @Test func aFactoryThatHangsIsGivenUpAndNotTriedAgain() async throws {
        try await RunningBackend.with {
            $0.toolClasses = [HangingTool.self]
        } _: { backend in
            let before = try await backend.text("/readyz", as: nil)
            #expect(before.status == 200)
            HangingTool.close()
            let probe = backend.server.backend.readiness
            var words: Set<String> = []
            for _ in 0..<2 {
                await probe.probeAll()
                words.insert(backend.monitor.readiness().last?.output ?? "")
            }
            #expect(words.contains { $0.hasPrefix("an earlier try to make a dispatcher has not come back") })
            let hanging = try await backend.text("/readyz", as: nil)
            #expect(hanging.status == 500)
            HangingTool.open()
            #expect(
                await eventually {
                    await probe.probeAll()
                    return backend.monitor.readiness().allSatisfy { $0.status == .pass }
                })
        }
    }

    @Test(arguments: [(20, HealthStatus.pass), (21, .fail)])
    func aResultIsBelievedOnlySoLong(_ seconds: Int, _ status: HealthStatus) throws {
        let now = Mutex(Timestamp(milliseconds: 0))
        let monitor = ContextMonitor(
            MonitorConfiguration(name: "t", version: "1", instance: "i", bootID: "b"),
            now: { now.withLock { $0 } })
        monitor.setReadiness(CheckRecord(name: "dispatcher:http", status: .pass), validFor: .seconds(20))
        now.withLock { $0 = Timestamp(milliseconds: Int64(seconds * 1000)) }
        let check = try #require(monitor.readiness().first { $0.name == "dispatcher:http" })
        #expect(check.status == status)
    }
}

private struct Unlicensed: Tool {
    static let name = "unlicensed"
    static let summary = "Cannot be made."
    static let schema: JSONValue = ["type": "object"]
    init(_ context: ToolContext) throws(ToolError) { throw .unavailable("no licence") }
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput { "" }
}

/// Is not made while its gate is closed.
private struct HangingTool: Tool {
    static let name = "hanging"
    static let summary = "Blocks the thread that makes it."
    static let schema: JSONValue = ["type": "object"]
    private static let gate = DispatchSemaphore(value: 1)
    static func close() { gate.wait() }
    static func open() { gate.signal() }
    init(_ context: ToolContext) {
        Self.close()
        Self.open()
    }
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput { "" }
}
