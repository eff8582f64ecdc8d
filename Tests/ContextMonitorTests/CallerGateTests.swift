import HTTPTypes
import Synchronization
import Testing

@testable import ContextMonitor

@Suite struct CallerGateTests {
    /// A program of this machine, as the console is one.
    private var program: RequestCaller {
        var caller = RequestCaller()
        caller.peer = "127.0.0.1"
        caller.authority = "127.0.0.1:8700"
        return caller
    }

    private func status(
        _ caller: RequestCaller, _ access: OperatorAccess, limit: WrongTokenLimit = WrongTokenLimit()
    ) -> Int {
        do throws(Problem) {
            _ = try CallerGate(wrongTokens: limit).identity(
                of: caller, by: access.credentials)
            return 200
        } catch { return error.status.code }
    }

    @Test(arguments: [
        ("localhost", 200), ("localhost:8700", 200), ("LOCALHOST:9", 200), ("127.0.0.1", 200),
        ("127.0.0.1:8700", 200), ("[::1]:8700", 200), ("[::1]", 200), ("127.9.8.7", 401), ("127.1", 401),
        ("localhost.", 401), ("pages.example", 401), ("localhost.pages.example", 401), ("localhostx", 401),
        ("127.0.0.1.pages.example", 401), ("127.0.0.1@pages.example", 401),
        ("localhost:80@pages.example", 401),
        ("[::1].pages.example", 401), ("[::1", 401), ("::1", 401), ("10.0.0.1", 401), ("", 401),
        (nil, 401),
    ])
    func withoutATokenTheHostIsExactlyThisMachine(_ host: String?, _ expected: Int) {
        var caller = program
        caller.authority = host
        #expect(status(caller, .insecureLoopback) == expected)
    }

    @Test(arguments: [
        ("127.0.0.1", 200), ("127.4.5.6", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("10.0.0.7", 401),
        ("127.pages.example", 401), ("::ffff:10.0.0.7", 401), ("::2", 401), (nil, 401),
    ])
    func withoutATokenTheConnectionIsFromThisMachine(_ peer: String?, _ expected: Int) {
        var caller = program
        caller.peer = peer
        #expect(status(caller, .insecureLoopback) == expected)
    }

    @Test(arguments: [
        (nil, 200), ("http://localhost:3000", 200), ("http://127.0.0.1:9", 200), ("https://[::1]", 200),
        ("null", 403), ("https://pages.example", 403), ("http://localhost.pages.example", 403), ("", 403),
        ("http://", 403), ("file://", 403), ("http://localhost, https://pages.example", 403),
        ("http://localhost/x", 403), ("chrome-extension://localhost", 403),
    ])
    func withoutATokenAPageIsOfThisMachine(_ origin: String?, _ expected: Int) {
        var caller = program
        caller.origin = origin
        #expect(status(caller, .insecureLoopback) == expected)
    }

    @Test(arguments: [
        (nil, 200), ("none", 200), ("same-origin", 200), ("same-site", 200), ("cross-site", 403),
        ("Cross-Site", 403),
    ])
    func withoutATokenNoPageOfAnotherSiteMayAsk(_ site: String?, _ expected: Int) {
        var caller = program
        caller.fetchSite = site
        #expect(status(caller, .insecureLoopback) == expected)
    }

    @Test(arguments: [
        ("application/json", 200), ("Application/JSON; charset=utf-8", 200), ("application/ld+json", 200),
        (nil, 415), ("text/plain", 415), ("text/plain;charset=UTF-8", 415), ("multipart/form-data", 415),
        ("text/plain, application/json", 415), ("application/x-www-form-urlencoded", 415),
        ("text/x+json", 415),
    ])
    func withoutATokenABodyIsDeclaredAsJSON(_ type: String?, _ expected: Int) {
        var caller = program
        caller.contentType = type
        #expect(status(caller, .insecureLoopback) == 200)
        caller.hasBody = true
        #expect(status(caller, .insecureLoopback) == expected)
    }

    @Test(arguments: [
        (nil, "agents.example", 200), ("https://agents.example", "agents.example", 200),
        ("https://agents.example", "agents.example:443", 200),
        ("http://agents.example", "agents.example:80", 200),
        ("https://Agents.example:8443", "agents.example:8443", 200), (nil, nil, 200),
        ("https://agents.example:8443", "agents.example", 403),
        ("https://pages.example", "agents.example", 403),
        ("null", "agents.example", 403), ("https://agents.example", nil, 403),
        ("https://agents.example", "agents.example:80", 403),
    ])
    func withATokenTheOriginIsComparedAndTheHostIsNot(_ origin: String?, _ host: String?, _ expected: Int) {
        var caller = RequestCaller()
        caller.peer = "10.0.0.7"
        caller.authority = host
        caller.origin = origin
        caller.authorization = "Bearer right"
        caller.fetchSite = "cross-site"
        #expect(status(caller, .tokens([.init(secret: "right", name: "ops", mayAct: false)])) == expected)
    }

    @Test func anAbsoluteTargetCountsInsteadOfTheHostField() {
        #expect(
            RequestCaller.authority(ofTarget: "http://pages.example/monitor/v1/snapshot") == "pages.example")
        #expect(
            RequestCaller.authority(ofTarget: "http://localhost@pages.example?x") == "localhost@pages.example"
        )
        #expect(RequestCaller.authority(ofTarget: "/v1/x?to=http://pages.example") == nil)
        #expect(RequestCaller.authority(ofTarget: "*") == nil)
    }

    @Test func wrongTokensAreLimitedForTheirAddressAlone() {
        let start = ContinuousClock.now
        let limit = WrongTokenLimit(now: { start })
        let access = OperatorAccess.tokens([.init(secret: "right", name: "ops", mayAct: false)])
        var caller = program
        caller.authorization = "Bearer wrong"
        for _ in 0..<WrongTokenLimit.burst { #expect(status(caller, access, limit: limit) == 401) }
        #expect(status(caller, access, limit: limit) == 429)
        caller.authorization = "Bearer right"
        #expect(status(caller, access, limit: limit) == 429)
        caller.authorization = nil
        #expect(status(caller, access, limit: limit) == 401)
        caller.authorization = "Bearer right"
        caller.peer = "10.0.0.7"
        #expect(status(caller, access, limit: limit) == 200)
    }

    @Test func aWrongTokenIsReportedWithItsAddressAndWithoutTheToken() {
        let lines = Mutex<[String]>([])
        let start = ContinuousClock.now
        let limit = WrongTokenLimit(now: { start }) { line in lines.withLock { $0.append(line) } }
        let access = OperatorAccess.tokens([.init(secret: "right", name: "ops", mayAct: false)])
        var caller = program
        caller.authorization = "Bearer guessed"
        for _ in 0..<40 { _ = status(caller, access, limit: limit) }
        let reported = lines.withLock { $0 }
        #expect(reported.first == "wrong token from 127.0.0.1")
        #expect(reported.contains { $0.hasPrefix("127.0.0.1 sent too many wrong tokens") })
        #expect(!reported.contains { $0.contains("guessed") })
        // What is not compared any more is not reported either.
        #expect(reported.count == WrongTokenLimit.burst + 1)
    }

    @Test func afterItsWaitAnAddressHasOneMoreToken() {
        let limit = WrongTokenLimit()
        let start = ContinuousClock.now
        for _ in 0..<WrongTokenLimit.burst {
            #expect(limit.wait(of: "a", at: start) == nil)
            limit.count(from: "a", at: start)
        }
        #expect(limit.wait(of: "a", at: start) == WrongTokenLimit.interval)
        let later = start + WrongTokenLimit.interval
        #expect(limit.wait(of: "a", at: later - .milliseconds(1)) == .milliseconds(1))
        #expect(limit.wait(of: "a", at: later) == nil)
        limit.count(from: "a", at: later)
        #expect(limit.wait(of: "a", at: later) == WrongTokenLimit.interval)
        #expect(limit.wait(of: "b", at: later) == nil)
    }

    @Test func aBoundedNumberOfAddressesIsRemembered() {
        let limit = WrongTokenLimit()
        let start = ContinuousClock.now
        for _ in 0..<WrongTokenLimit.burst { limit.count(from: "often", at: start) }
        for index in 0..<WrongTokenLimit.maximumPeers + 20 { limit.count(from: "\(index)", at: start) }
        #expect(limit.peerCount == WrongTokenLimit.maximumPeers)
        #expect(limit.wait(of: "often", at: start) != nil)
        limit.count(from: "late", at: start + .seconds(3600))
        #expect(limit.peerCount == 1)
    }

    @Test(arguments: [
        ("secret", "secret", true), ("secret", "secres", false), ("secret", "secre", false),
        ("secret", "secretsecret", false), ("", "", true), ("", "x", false), ("x", "", false),
    ])
    func secretsAreEqualAsAWhole(_ known: String, _ candidate: String, _ expected: Bool) {
        #expect(Secret.areEqual(known, candidate) == expected)
    }
}
