import ConsoleClient
import ConsoleModel
import NIOCore
import NIOPosix
import PatternDetection
import Testing
import WebSocketTransport
import WireProtocol

@testable import MonitorServer

/// A listener that operators attach to, over real sockets.
@Suite(.timeLimit(.minutes(10))) struct ReceiverMonitorTests {
    /// What must be equal on both sides.
    private struct Shown: Equatable {
        let sessions: [String]
        let runs: [String]
        let findings: [String]
        let coverage: Coverage
        let dialect: String
        let unread: [String]
        let refused: Int

        init(_ state: ConsoleState) {
            let document = state.snapshotDocument(takenAt: state.now)
            let backend = document.backends.first
            sessions = (backend?.snapshot.sessions ?? []).map {
                "\($0.id) \($0.user) \($0.state) \($0.runs) \($0.eventsSeen)"
            }.sorted()
            runs = (backend?.snapshot.runs ?? []).map {
                "\($0.id) \($0.session?.rawValue ?? "") \($0.state) \($0.agent ?? "") \($0.events) \($0.grammar)"
            }.sorted()
            findings = document.findings.map { "\($0.id) \($0.severity) \($0.summary)" }.sorted()
            coverage = state.backends[0].dialect.coverage
            dialect = state.backends[0].dialect.name
            unread = state.backends[0].unread.map(\.address)
            refused = state.backends[0].reception.counters.decodeErrors
        }
    }

    @Test func whoAsksOnceSeesWhatTheListenerSees() async throws {
        try await RunningMonitor.running { monitor in
            try await monitor.postTrace(1, session: "s-1")
            try await monitor.postTrace(2, session: "s-2", fails: true)
            let refused = try await monitor.post("/v1/elsewhere", "{}")
            #expect(refused == 404)
            let first = try await monitor.console.wait {
                $0.backends[0].runs.count == 2 && $0.backends[0].reception.counters.decodeErrors > 0
                    && $0.backends[0].runs.values.allSatisfy { $0.state != .open }
            }
            let once = try await monitor.readOnce()
            #expect(Shown(once) == Shown(first))
            #expect(once.backends[0].runs.values.map(\.state).contains(.failed))
            #expect(once.backends[0].name == first.backends[0].name)
            #expect(once.checkExit() == 3, "an address was refused, so that not all is known")
            #expect(!once.backends[0].isPatternObservable)
            #expect(!once.backends[0].dialect.coverage.sees(.patterns))
        }
    }

    @Test func aQuietListenerIsWell() async throws {
        try await RunningMonitor.running { monitor in
            try await monitor.postTrace(1, session: "s-1")
            try await monitor.console.wait { $0.backends[0].runs.values.contains { $0.state == .completed } }
            let once = try await monitor.readOnce()
            #expect(once.checkExit() == 0)
        }
    }

    @Test func whoStaysAttachedSeesWhatComesLater() async throws {
        try await RunningMonitor.running { monitor in
            try await monitor.postTrace(1, session: "s-1")
            try await monitor.console.wait { $0.backends[0].runs.values.contains { $0.state == .completed } }
            try await monitor.attached { attached in
                try await attached.wait { $0.backends[0].runs.count == 1 }
                try await monitor.postTrace(2, session: "s-1", fails: true)
                let refused = try await monitor.post("/v1/elsewhere", "{}")
                #expect(refused == 404)
                try await monitor.console.wait {
                    $0.backends[0].runs.values.contains { $0.state == .failed }
                        && !$0.backends[0].unread.isEmpty
                }
                let mine = try await attached.wait {
                    $0.backends[0].runs.values.contains { $0.state == .failed }
                        && !$0.backends[0].unread.isEmpty
                }
                #expect(Shown(mine).findings == Shown(monitor.console.now).findings)
                #expect(Shown(mine).sessions == Shown(monitor.console.now).sessions)
                #expect(mine.backends[0].dialect.name == "otlp")
            }
        }
    }

    @Test func theStreamResumesAfterTheLastEventThatCame() async throws {
        try await RunningMonitor.running { monitor in
            let before = try await monitor.get("/monitor/v1/snapshot")
            let start = try #require(try JSONParser.parse(Array(before.body.utf8))["lastEventId"]?.string)
            try await monitor.postTrace(1, session: "s-1")
            try await monitor.console.wait { $0.backends[0].runs.values.contains { $0.state == .completed } }
            let lines = try await monitor.streamedLines(after: start, count: 3)
            #expect(lines.contains { $0.contains("RUN_STARTED") && $0.contains("s-1") })
            let gone = try await monitor.get("/monitor/v1/events", headers: [("Last-Event-ID", "other-7")])
            #expect(gone.status == 410)
        }
    }

    @Test(
        arguments: [
            ("GET", "/health", "localhost", nil, 200), ("GET", "/health", "127.0.0.1:99", nil, 200),
            ("GET", "/health", "[::1]:99", nil, 200), ("GET", "/health", "kitchen.example", nil, 200),
            ("GET", "/monitor/v1/snapshot", "localhost.kitchen.example", nil, 401),
            ("GET", "/monitor/v1/snapshot", "kitchen.example", nil, 401),
            ("GET", "/monitor/v1/events", "kitchen.example", nil, 401),
            ("GET", "/monitor/v1/snapshot", "localhost", "http://localhost", 200),
            ("GET", "/monitor/v1/snapshot", "localhost", "http://kitchen.example", 403),
            ("GET", "/monitor/v1/snapshot", "localhost", "null", 403),
            ("POST", "/monitor/v1/snapshot", "localhost", nil, 404),
            ("POST", "/monitor/v1/sessions/s/terminate", "localhost", nil, 404),
        ] as [(String, String, String, String?, Int)])
    func onlyThisMachineReads(
        _ method: String, _ path: String, _ host: String, _ origin: String?, _ status: Int
    ) async throws {
        try await RunningMonitor.running { monitor in
            var headers = [("host", host)]
            if let origin { headers.append(("origin", origin)) }
            let answer = try await monitor.get(path, method: method, headers: headers)
            #expect(answer.status == status)
        }
    }

    @Test func aTokenIsAskedForWhereOneIsNamed() async throws {
        try await RunningMonitor.running({ $0.tokens = "made-up-token eve read" }) { monitor in
            let health = try await monitor.get("/health")
            let without = try await monitor.get("/monitor/v1/snapshot")
            let header = ("authorization", "Bearer made-up-token")
            let with = try await monitor.get("/monitor/v1/snapshot", headers: [header])
            #expect([health.status, without.status, with.status] == [200, 401, 200])
        }
    }

    @Test(
        arguments: [
            (nil, nil, nil, "is not a loopback address"),
            ("t eve read", nil, nil, "is not a loopback address"),
            ("t eve read", "c.pem", nil, "must be given together"),
            ("t eve read", "/nowhere/c.pem", "/nowhere/k.pem", "are not a readable PEM certificate"),
            ("t", nil, nil, "write TOKEN NAME read"),
        ] as [(String?, String?, String?, String)])
    func anAddressThatOthersReachRequiresTokensAndTLS(
        _ tokens: String?, _ certificate: String?, _ key: String?, _ words: String
    ) throws {
        var request = MonitorPlan.Request(address: ListenAddress(host: "0.0.0.0", port: 0))
        (request.tokens, request.certificate, request.key) = (tokens, certificate, key)
        let error = #expect(throws: MonitorPlanError.self) { try MonitorPlan(request) }
        #expect(error?.description.contains(words) == true)
    }

    @Test func aPortThatIsTakenIsOneLine() async throws {
        try await RunningMonitor.running { monitor in
            let port = try #require(monitor.url.split(separator: ":").last.flatMap { Int($0) })
            let request = MonitorPlan.Request(address: ListenAddress(host: "127.0.0.1", port: port))
            let second = ReceiverMonitor(
                try MonitorPlan(request), url: "otlp://x", version: "1", redaction: .secrets)
            let error = await #expect(throws: MonitorPlanError.self) { _ = try await second.start() }
            #expect(error?.description.contains("cannot listen on 127.0.0.1:\(port)") == true)
        }
    }
}

/// Peers of the monitoring root that send nothing, or stop in a request.
@Suite(.timeLimit(.minutes(5))) struct SilentOperatorTests {
    @Test(arguments: ["", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    func aSilentPeerLosesItsConnection(_ bytes: String) async throws {
        var times = ConnectionTimes()
        (times.head, times.keepAlive) = (.milliseconds(200), .milliseconds(200))
        let monitor = ReceiverMonitor(
            try MonitorPlan(.init(address: ListenAddress(host: "127.0.0.1", port: 0))), url: "u",
            version: "1", redaction: .secrets, times: times)
        let port = try #require(try await monitor.start().split(separator: ":").last.flatMap { Int($0) })
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: bytes))
        try await channel.closeFuture.get()
        await monitor.stop()
    }
}
