import ContextMonitor
import Hummingbird
import HummingbirdTesting
import NIOCore
import PatternDetection
import Testing
import WireProtocol
@testable import hummingbird_example

@Suite struct MonitorRoutesTests {
    private let server = FortyLineServer(now: SystemClock.now)

    private func json(_ response: TestResponse) throws -> JSONValue {
        try JSONParser.parse(Array(response.body.readableBytesView))
    }

    @Test func aServerThatIsNotOursIsSeenOverASocket() async throws {
        try await server.application().test(.live) { client in
            let doubled = try await client.execute(uri: "/double/21", method: .get)
            #expect(String(buffer: doubled.body) == "42")
            let health = try await client.execute(uri: "/health", method: .get)
            #expect(health.headers[.contentType] == "application/health+json")
            #expect(health.headers[.cacheControl] == "no-store")
            let document = try json(health)
            #expect(document["status"] == "pass")
            #expect(document["links"]?["monitor"] == "/monitor/v1")
            #expect(document["checks"]?["pattern:http"]?.array?.first?["status"] == "pass")
            let body = try json(try await client.execute(uri: "/monitor/v1/snapshot", method: .get))
            let snapshot = try #require(body.object.flatMap { BackendSnapshot(json: $0) })
            #expect(snapshot.paths.map(\.detected) == [.factory])
            #expect(snapshot.runs.map(\.grammar) == [.ok])
            #expect(snapshot.lastEventID == "boot-5")
            #expect(snapshot.history.map(\.events).reduce(0, +) == 5)
            #expect(snapshot.checklist.count == 7)
        }
    }

    @Test func anUnconfiguredPathFailsHealthWith503() async throws {
        server.monitor.observe([Evidence(.toolClasses, "absent", source: "main")], on: .http)
        try await server.application().test(.router) { client in
            let health = try await client.execute(uri: "/health", method: .get)
            #expect(health.status == .serviceUnavailable)
            #expect(try json(health)["status"] == "fail")
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .internalServerError)
            #expect(String(buffer: ready.body).contains("[-]pattern:http failed"))
            let excluded = try await client.execute(uri: "/readyz?exclude=pattern:http&verbose", method: .get)
            #expect(excluded.status == .ok)
            #expect(String(buffer: excluded.body).contains("[+]pattern:http excluded: ok"))
            let live = try await client.execute(uri: "/livez", method: .get)
            #expect(String(buffer: live.body) == "ok")
        }
    }

    @Test func healthFollowsTheLastCreationEvenOnTheFactoryPattern() async throws {
        server.monitor.creation(.failed(error: "no model"), on: .http)
        #expect(server.monitor.health().status == .fail)
        server.monitor.creation(.created("d", pattern: .factory), on: .http)
        #expect(server.monitor.health().status == .pass)
    }

    @Test(arguments: [nil, "Bearer wrong", "Basic secret", "Bearer"])
    func operatorsWithoutTheirTokenGet401(_ authorization: String?) async throws {
        let tokens = try OperatorToken.parse(file: "# operators\nsecret ops read,act\n")
        let guarded = FortyLineServer(now: SystemClock.now, access: .tokens(tokens))
        try await guarded.application().test(.router) { client in
            let refused = try await client.execute(
                uri: "/monitor/v1/snapshot", method: .get,
                headers: authorization.map { [.authorization: $0] } ?? [:])
            #expect(refused.status == .unauthorized)
            #expect(refused.headers[.wwwAuthenticate]?.hasPrefix("Bearer realm=") == true)
            #expect(refused.headers[.contentType] == "application/problem+json")
            let allowed = try await client.execute(
                uri: "/monitor/v1/snapshot", method: .get, headers: [.authorization: "Bearer secret"])
            #expect(allowed.status == .ok)
            #expect(try await client.execute(uri: "/health", method: .get).status == .ok)
        }
    }

    @Test(arguments: ["boot-99", "other-1", "boot-x", "boot--1"])
    func aResumePointThatIsGoneIs410(_ id: String) async throws {
        try await server.application().test(.live) { client in
            let answer = try await client.execute(uri: "/monitor/v1/events?after=\(id)", method: .get)
            #expect(answer.status == .gone)
            #expect(try json(answer)["snapshot"] == "/monitor/v1/snapshot")
        }
    }

    @Test func anUnknownContextIs404() async throws {
        try await server.application().test(.live) { client in
            let answer = try await client.execute(uri: "/monitor/v1/contexts/nobody", method: .get)
            #expect(answer.status == .notFound)
            #expect(
                try json(answer)["detail"]
                    == "there is no context nobody, nor was it among the last that ended")
        }
    }

    @Test(arguments: ["secret", "secret ops", "secret ops write", "secret ops read extra", "# nothing"])
    func aWrongTokenFileIsRefused(_ text: String) {
        #expect(throws: TokenFileError.self) { try OperatorToken.parse(file: text) }
    }
}
