import AsyncHTTPClient
@testable import Backend
import ContextMonitor
import Logging
import NIOCore
import NIOHTTP1
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

@Suite struct AccessTests {
    private static let upgrade: HTTPHeaders = [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    @Test(
        arguments: [
            (nil, true, 401), ("Bearer wrong", true, 401), (nil, false, 401), ("Bearer wrong", false, 401),
            ("Bearer secret", false, 426),
        ] as [(String?, Bool, UInt)])
    func theWebSocketRouteKnowsItsUserFirst(_ token: String?, _ asksToUpgrade: Bool, _ status: UInt)
        async throws
    {
        try await RunningBackend.with {
            $0.users = .tokens(["secret": "ada"])
        } _: { backend in
            var request = HTTPClientRequest(url: backend.base + "/v1/ws")
            if asksToUpgrade { request.headers = Self.upgrade }
            if let token { request.headers.add(name: "Authorization", value: token) }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(response.status.code == status)
            #expect(response.headers.first(name: "content-type") == "application/problem+json")
            #expect(response.headers.contains(name: "www-authenticate") == (status == 401))
            #expect((response.headers.first(name: "upgrade") == "websocket") == (status == 426))
        }
    }

    @Test func syntheticUsersBringTheirOwnTokens() async throws {
        let traffic = SyntheticTraffic(users: 3, rate: 600)
        let tokens = traffic.freshTokens()
        #expect(Set(tokens.values).count == 3)
        try await RunningBackend.with {
            $0.users = UserAccess.tokens(["secret": "ada"]).adding(tokensByName: tokens)
        } _: { backend in
            let users = SyntheticUsers(
                host: "127.0.0.1", port: backend.port, traffic: traffic, client: .shared, tokens: tokens)
            let working = Task { await users.run() }
            #expect(
                await eventually {
                    ConsumerPath.all.allSatisfy { (users.outcomes.byPath[$0.rawValue]?.completed ?? 0) >= 1 }
                })
            working.cancel()
            await working.value
            #expect(Set(backend.monitor.snapshot().sessions.map(\.user.rawValue)) == Set(traffic.names))
        }
    }

    @Test func aUserMayUseOnlyTheToolsThatTheirLineNames() throws {
        let file = "ada a tools=calculate,notes  # no lookups\nbob b\n"
        let permissions = try UserAccess.permissions(file: file)
        #expect(try UserAccess.parse(file: file).user(ofToken: "a") == "ada")
        #expect(permissions.allows("ada", "notes"))
        #expect(!permissions.allows("ada", "flaky_lookup"))
        #expect(permissions.allows("bob", "flaky_lookup"))
        for line in ["ada a tools=", "ada a tools=rm", "ada a calculate"] {
            #expect(throws: UsersFileError.unknownTools(line: 1)) { try UserAccess.permissions(file: line) }
        }
        #expect(throws: UsersFileError.malformed(line: 2)) { try UserAccess.parse(file: "a b\na") }
    }

    @Test(arguments: [StartupPattern.factory, .singleton])
    func aToolThatIsNotPermittedFailsItsCallAndNothingElse(_ pattern: StartupPattern) async throws {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: pattern)
            $0.permissions.restrict("ada", to: ["notes"])
        } _: { backend in
            let prompt = try #require(PromptsWithoutClock.three(backend).first)
            #expect(await backend.work(on: .http, as: "ada", prompt) == .completed)
            #expect(await backend.work(on: .http, as: "bob", prompt) == .completed)
            let dispatchers = backend.monitor.snapshot().dispatchers
            #expect(dispatchers.reduce(0) { $0 + $1.executed } > 0)
            let hub = backend.server.backend.hub
            for (user, isRefused) in [("ada", true), ("bob", false)] {
                let log = try await hub.find(
                    SessionID(rawValue: "thread-" + user), user: UserID(rawValue: user)
                ).log
                let results = log.batch(after: 0, limit: 500).events.filter { $0.type == .toolCallResult }
                #expect(!results.isEmpty)
                #expect(results.allSatisfy { $0.text.contains("may not use") == isRefused })
            }
        }
    }

    @Test func furtherTokensReplaceNobodys() {
        let access = UserAccess.tokens(["secret": "ada"]).adding(tokensByName: ["eve": "secret", "bob": "b"])
        #expect(access.user(ofToken: "secret") == "ada")
        #expect(access.user(ofToken: "b") == "bob")
        #expect(access.user(ofToken: "") == nil)
        #expect(UserAccess.insecureLoopback.adding(tokensByName: ["bob": "b"]).user(ofToken: "b") == nil)
    }

    @Test(
        arguments: [
            ("localhost", true), ("::1", true), ("127.0.0.1", true), ("127.255.255.254", true),
            ("127.example.com", false), ("127.0.0.1.example.com", false), ("127.0.0", false),
            ("127.0.0.256", false), ("128.0.0.1", false), ("0.0.0.0", false), ("127.0.0.+1", false),
            ("", false),
        ])
    func onlyThisMachinesOwnAddressesAreLoopback(_ host: String, _ expected: Bool) {
        #expect(LoopbackHost.contains(host) == expected)
    }

    @Test func aPortInUseIsSaidWithWhatToDo() async throws {
        try await RunningBackend.with { backend in
            var configuration = BackendConfiguration()
            configuration.port = backend.port
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let second = BackendServer(configuration, logger: logger)
            let error = await #expect(throws: ListenError.self) { try await second.run() }
            #expect(
                error?.description == "cannot listen on 127.0.0.1:\(backend.port): the port is in use; "
                    + "stop who listens there, or use another --port (0: a free one)")
            #expect(await second.port() == nil)
        }
    }
}

extension UserAccess {
    /// The owner of a token; nil where it is not known, or tokens are not used.
    fileprivate func user(ofToken token: Substring) -> UserID? {
        guard case .tokens(let owner)? = (try? credentials(named: nil)) else { return nil }
        return owner(token)
    }
}
