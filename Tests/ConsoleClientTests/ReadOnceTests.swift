import Dialects
import NIOCore
import NIOSSL
import Testing
import WireProtocol

@testable import ConsoleClient

/// Every kind of bad input over a real socket: one clear line or a counted mark, never a trap.
@Suite(.timeLimit(.minutes(5))) struct ReadOnceTests {
    @Test func saysThatTheConnectionWasRefused() async throws {
        let messages = await BackendReader.readOnce(try BackendTarget(FakeServer.nobody), .patient)
        #expect(messages.health?.status == .fail)
        #expect(messages.health?.httpStatus == nil)
        #expect(messages.health?.reason == "connection refused")
        #expect(messages.lastLink == .link(.lost, reason: "connection refused", retryIn: nil))
    }

    @Test func saysThatTheHostIsNotKnown() async throws {
        let messages = await BackendReader.readOnce(try BackendTarget("http://nowhere.invalid"), .patient)
        #expect(messages.lastLink == .link(.lost, reason: "the host is not known", retryIn: nil))
    }

    @Test(arguments: [
        FakeAnswer.silence,
        FakeAnswer(pieces: [Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".utf8)], holds: true),
    ])
    func saysThatASlowEndpointTimedOut(_ answer: FakeAnswer) async throws {
        let (messages, requests) = try await FakeServer.readOnce(options: .quick) { _ in answer }
        #expect(messages.health?.status == .fail)
        #expect(messages.lastLink == .link(.lost, reason: "no answer within 0.3 s", retryIn: nil))
        #expect(requests.count <= 1)
    }

    @Test(arguments: ["not HTTP at all\r\n\r\n", "HTTP/1.1 99999 X\r\n\r\n", "\u{0}\u{1}\u{2}", ""])
    func survivesAServerThatSpeaksNoHTTP(_ garbage: String) async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in FakeAnswer(pieces: [Array(garbage.utf8)]) }
        #expect(messages.health?.status == .fail)
        guard case .link(.lost, let reason?, nil) = messages.lastLink else {
            Issue.record("\(messages)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func survivesABodyThatBreaksOff() async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in
            FakeAnswer(pieces: [Array("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"status\":".utf8)])
        }
        #expect(messages.health?.status == .fail)
        #expect(messages.lastLink == .link(.lost, reason: "the backend closed the connection", retryIn: nil))
    }

    /// An answer, the status it is read as, and a piece of the reason.
    static let answers: [(FakeAnswer, HealthStatus, String)] = [
        (.whole("<html><body>login</body></html>", type: "text/html"), .unknown, "HTML"),
        (.whole("<html><title>Gone</title></html>", status: 502, type: "text/html"), .fail, "HTTP 502"),
        (.whole("boom", status: 500, type: "text/plain"), .fail, "HTTP 500: boom"),
        (.whole("{\"error\":\"no database\"}"), .fail, "HTTP 200 but the body says fail"),
        (.whole("{\"status\":\"pass\",\"checks\":{"), .unknown, "not valid JSON"),
        (.whole("nothing here", status: 404), .unknown, "404"),
        (.whole("", status: 406), .unknown, "HTTP 406"), (.whole("", status: 304), .unknown, "HTTP 304"),
        (.whole("", status: 307), .unknown, "HTTP 307: a redirect without an address"),
        (
            .whole("{}", status: 401, headers: "WWW-Authenticate: Bearer realm=\"x\"\r\n"), .unknown,
            "a token (Bearer)"
        ),
        (
            .whole("{}", status: 403, headers: "WWW-Authenticate: Basic\r\n"), .unknown,
            "needs a token (Basic)"
        ),
        (.whole("{}", status: 429), .unknown, "429"),
        (.whole("xx", headers: "Content-Encoding: br\r\n"), .unknown, "compressed with br"),
        (.whole("xx", headers: "Content-Encoding: gzip\r\n"), .unknown, "not the gzip"),
        (.whole("data: x\n\n", type: "text/event-stream", holds: true), .unknown, "an event stream"),
    ]

    @Test(arguments: answers) func saysWhatIsWrongWithTheAnswer(
        _ answer: FakeAnswer, _ status: HealthStatus, _ words: String
    ) async throws {
        let (messages, requests) = try await FakeServer.readOnce { _ in answer }
        #expect(messages.health?.status == status)
        #expect(messages.health?.reason?.contains(words) == true)
        let coverage = Dialect.genericHealth.coverage.exposed(on: .other)
        #expect(messages.contains(.dialect(name: "health", coverage: coverage)))
        #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
        #expect(requests.map(\.line) == ["GET /health HTTP/1.1"])
    }

    @Test func refusesAHealthBodyAboveOneMebibyte() async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in
            .whole(String(repeating: "x", count: 10_000_000))
        }
        #expect(messages.health?.status == .unknown)
        #expect(messages.contains(.refused(what: "health", reason: "the answer is larger than 1 MiB")))
    }

    @Test func measuresTheLatency() async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in .whole("{\"status\":\"ok\"}") }
        let latency = try #require(messages.health?.latencyMs)
        #expect(latency > 0 && latency < 60_000)
        #expect(messages.health?.at != nil)
    }

    @Test func passesControlCharactersOnAsTheyCame() async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in
            .whole("\u{1B}]0;owned\u{7} failed", status: 500, type: "text/plain")
        }
        #expect(messages.health?.reason == "HTTP 500: \u{1B}]0;owned\u{7} failed")
    }

    @Test(arguments: ["{\"href\":\"/monitor/v1\"}", "[\"/monitor/v1\"]", "\"\"", "7"])
    func aMonitoringRootThatIsNoPathWasNotRead(_ link: String) async throws {
        let (messages, _) = try await FakeServer.readOnce { _ in
            .whole("{\"status\":\"pass\",\"links\":{\"monitor\":\(link)}}")
        }
        let unread = messages.contains { message in
            if case .read(let outcome) = message { outcome.address == "links.monitor" } else { false }
        }
        #expect(unread)
    }

    @Test(
        arguments: [
            (
                "gzip",
                [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0xCF, 0x06, 0, 0x47, 0xDD, 0xDC, 0x79, 2, 0, 0, 0]
            ),
            ("deflate", [0x78, 0x9C, 0xCB, 0xCF, 0x06, 0, 0x01, 0x4B, 0, 0xDB]),
            ("deflate", [0xCB, 0xCF, 0x06, 0]),
            (
                "x-gzip, identity",
                [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0xCF, 0x06, 0, 0x47, 0xDD, 0xDC, 0x79, 2, 0, 0, 0]
            ),
        ] as [(String, [UInt8])]) func aPackedBodyIsUnpacked(_ coding: String, _ body: [UInt8]) async throws
    {
        let head =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n"
        let (messages, requests) = try await FakeServer.readOnce { _ in
            FakeAnswer(pieces: [Array(head.utf8) + body])
        }
        #expect(messages.health?.status == .pass)
        #expect(messages.health?.reason == "ok")
        #expect(requests.first?.headers["accept-encoding"] == "identity")
    }

    @Test func aBodyThatUnpacksToMoreThanTheLimitIsRefused() async throws {
        #expect(
            ContentCoding.decode([0x78, 0x9C, 0x4B, 0x04, 0, 0, 0x62, 0, 0x62], "deflate", limit: 0)
                == .tooLarge)
    }

    @Test func wordsOfTheOperatorAreKnown() async throws {
        var options = ClientOptions.patient
        options.healthWords = HealthWords(taught: ["green": .pass])
        let (messages, _) = try await FakeServer.readOnce(options: options) { _ in
            .whole("{\"status\":\"green\"}")
        }
        #expect(messages.health?.status == .pass)
    }

    @Test func asksOnlyTheAddressThatTheTargetNames() async throws {
        let (messages, requests) = try await FakeServer.readOnce("/up?full=1") { _ in
            .whole("no", status: 404)
        }
        #expect(requests.map(\.path) == ["/up?full=1"])
        #expect(messages.health?.status == .unknown)
    }

    @Test func takesTheSnapshotOfOurOwnWire() async throws {
        let (messages, requests) = try await FakeServer.readOnce { request in
            request.path == "/health" ? .native : .whole(FakeAnswer.snapshotBody)
        }
        #expect(requests.map(\.path) == ["/health", "/monitor/v1/snapshot", "/monitor/v1/events"])
        #expect(messages.snapshots.map(\.name) == ["fake"])
        #expect(messages.outcomes.map(\.failure) == [nil])
        #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
    }

    @Test func keepsTheBasePathOfAnIngress() async throws {
        let (messages, requests) = try await FakeServer.readOnce("/team/a/health") { request in
            request.path == "/team/a/health" ? .native : .whole(FakeAnswer.snapshotBody)
        }
        #expect(requests.map(\.path).prefix(2) == ["/team/a/health", "/team/a/monitor/v1/snapshot"])
        #expect(messages.snapshots.count == 1)
    }

    /// What a snapshot route may answer instead, and a piece of the reason.
    static let badSnapshots: [(FakeAnswer, String)] = [
        (.whole("{\"detail\":\"who are you\"}", status: 401), "401, use --token-file FILE: who are you"),
        (.whole("{", status: 200), "no valid JSON"), (.whole("[]"), "no snapshot"),
        (.whole("{}"), "no snapshot"),
        (.whole("<html>", type: "text/html"), "no valid JSON"), (.whole("", status: 500), "HTTP 500"),
    ]

    @Test(arguments: badSnapshots) func saysWhyThereIsNoSnapshot(_ answer: FakeAnswer, _ words: String)
        async throws
    {
        let (messages, _) = try await FakeServer.readOnce { $0.path == "/health" ? .native : answer }
        #expect(messages.health?.status == .pass)
        #expect(messages.refusals("snapshot").first?.contains(words) == true)
        #expect(messages.outcomes.map(\.address) == ["GET /monitor/v1/snapshot"])
        #expect(messages.outcomes.first?.failure?.contains(words) == true)
        #expect(messages.snapshots.isEmpty)
    }

    @Test func refusesAMonitorLinkToAnotherOrigin() async throws {
        try await FakeServer.serving({ _ in .whole("{}") }) { other in
            let body = "{\"status\":\"pass\",\"links\":{\"monitor\":\"\(other.origin)/monitor/v1\"}}"
            var options = ClientOptions.patient
            options.token = "s3cret"
            let (messages, requests) = try await FakeServer.readOnce(options: options) { _ in .whole(body) }
            #expect(messages.refusals("links.monitor").first?.contains("another origin") == true)
            #expect(messages.outcomes.map(\.address) == ["links.monitor"])
            #expect(requests.count == 1)
            #expect(other.history.isEmpty)
        }
    }

    @Test func refusesARedirectToAnotherOrigin() async throws {
        try await FakeServer.serving({ _ in .whole("{\"status\":\"ok\"}") }) { other in
            let location = other.origin + "/health"
            let (messages, _) = try await FakeServer.readOnce { _ in
                .whole("", status: 302, headers: "Location: \(location)\r\n")
            }
            #expect(messages.health?.status == .unknown)
            #expect(
                messages.health?.reason
                    == "HTTP 302: redirected to another origin, which is refused: \(location)")
            #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
            #expect(other.history.isEmpty)
        }
    }

    @Test func followsARedirectWithinTheOrigin() async throws {
        let (messages, requests) = try await FakeServer.readOnce { request in
            request.path == "/health"
                ? .whole("", status: 307, headers: "Location: /health/\r\n") : .whole("{\"status\":\"ok\"}")
        }
        #expect(messages.health?.status == .pass)
        #expect(requests.map(\.path) == ["/health", "/health/"])
    }

    @Test func givesUpOnARedirectThatLeadsNowhere() async throws {
        let (messages, requests) = try await FakeServer.readOnce { _ in
            .whole("", status: 302, headers: "Location: /health\r\n")
        }
        #expect(messages.health?.status == .unknown)
        #expect(messages.health?.reason == "HTTP 302: redirected more than 5 times")
        #expect(requests.count == 6)
    }

    @Test func sendsTokenAndHeadersToItsOwnOrigin() async throws {
        var options = ClientOptions.patient
        options.token = "s3cret"
        options.headers = [("X-Tenant", "blue")]
        let (_, requests) = try await FakeServer.readOnce(options: options) {
            $0.path == "/health" ? .native : .whole("{}")
        }
        #expect(requests.count == 2)
        for request in requests {
            #expect(request.headers["authorization"] == "Bearer s3cret")
            #expect(request.headers["x-tenant"] == "blue")
        }
    }

    @Test func saysWhenTheCertificateAuthoritiesCannotBeRead() async throws {
        var options = ClientOptions.patient
        options.certificateAuthorities = "/nonexistent/ca.pem"
        try await FakeServer.serving({ _ in .silence }) { server in
            let messages = await BackendReader.readOnce(
                try BackendTarget("https://127.0.0.1:\(server.port)"), options)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func saysThatThePlainServerSpeaksNoTLS() async throws {
        try await FakeServer.serving({ _ in .whole("{}") }) { server in
            let messages = await BackendReader.readOnce(
                try BackendTarget("https://127.0.0.1:\(server.port)"), .patient)
            #expect(messages.health?.status == .fail)
            guard case .link(.lost, _?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
        }
    }

    @Test(arguments: [TLSVersion.tlsv1, .tlsv11]) func speaksNoTLSBefore12(_ version: TLSVersion) async throws
    {
        let tls = try TestCertificate.serverContext(maximum: version)
        var options = ClientOptions.patient
        options.acceptsAnyCertificate = true
        try await FakeGRPCServer.serving({ _, _, _ in FakeCall() }, with: tls) { origin in
            let messages = await BackendReader.readOnce(try BackendTarget(origin), options)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.contains("no version of TLS; this client requires 1.2 or later"))
        }
    }

    @Test(
        arguments: [
            (TestCertificate.past, "it expired at 2021-01-01T00:00:00"),
            (TestCertificate.future, "it is not valid before 2090-01-01T00:00:00"),
            (nil, "its authority is not known here (--ca-file, --insecure)"),
        ], [Dialect.grpcHealth, nil])
    func saysWhyACertificateIsNotAccepted(
        _ certificate: (text: String?, words: String), _ dialect: Dialect?
    ) async throws {
        let tls =
            try certificate.text.map { try TestCertificate.serverContext(ofOtherTimes: $0) }
            ?? TestCertificate.serverContext()
        try await FakeGRPCServer.serving({ _, _, _ in FakeCall() }, with: tls) { origin in
            let messages = await BackendReader.readOnce(try BackendTarget(origin), .patient, dialect: dialect)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.hasPrefix("the certificate is not accepted: " + certificate.words), "\(reason)")
        }
    }

    @Test func theTimesOfEveryCertificateCount() {
        let moments = (0..<5).map { Timestamp(milliseconds: $0 * 1000) }
        let judge = { (validities: [ClosedRange<Timestamp>]) in
            TLSRefusal(ofValidities: validities, at: moments[2])
        }
        #expect(judge([]) == .untrusted)
        #expect(judge([moments[2]...moments[2]]) == .unknownAuthority)
        #expect(judge([moments[0]...moments[4], moments[0]...moments[1]]) == .expired(moments[1]))
        #expect(judge([moments[0]...moments[4], moments[3]...moments[4]]) == .notYetValid(moments[3]))
    }
}
