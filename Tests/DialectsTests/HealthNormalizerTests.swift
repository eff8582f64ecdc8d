import Dialects
import Testing
import WireProtocol

/// One answer and what it must be read as.
struct HealthExample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var http = 200
    var type = "application/json"
    let body: String
    let status: HealthStatus
    /// `name=status`, in order; nil when they do not matter.
    var checks: [String]?
    /// Something that the reason must say; empty when there must be none; nil when it does not matter.
    var reason: String?

    init(
        _ name: String, http: Int = 200, type: String = "application/json", _ body: String,
        _ status: HealthStatus,
        _ checks: [String]? = nil, reason: String? = nil
    ) {
        testDescription = name
        self.http = http
        self.type = type
        self.body = body
        self.status = status
        self.checks = checks
        self.reason = reason
    }

    /// What the normaliser makes of it.
    var record: HealthRecord {
        HealthNormalizer.read(HealthAnswerDocument(status: http, contentType: type, body: Array(body.utf8)))
    }
}

/// WIRE.md "Health of others", over the shapes of other people's health endpoints.
@Suite struct HealthNormalizerTests {
    @Test(arguments: HealthShapes.all) func readsEveryKnownShape(_ example: HealthExample) {
        expect(example)
    }

    @Test(arguments: HealthShapes.rules) func followsTheRuleForTheWhole(_ example: HealthExample) {
        expect(example)
    }

    private func expect(_ example: HealthExample) {
        let record = example.record
        #expect(record.status == example.status)
        #expect(record.httpStatus == example.http)
        if let checks = example.checks {
            #expect(record.checks.map { "\($0.name)=\($0.status.rawValue)" } == checks)
        }
        guard let reason = example.reason else { return }
        if reason.isEmpty {
            #expect(record.reason == nil)
        } else {
            #expect(record.reason?.contains(reason) == true, "\(record.reason ?? "no reason")")
        }
    }

    static let words: [(String, HealthStatus)] =
        [
            "pass", "OK", "Up", "healthy", "success", "passing", "SERVING", "alive", "ready", "true",
        ].map { ($0, HealthStatus.pass) }
        + ["warn", "WARNING", "Degraded", "partial"].map { ($0, .warn) }
        + [
            "fail", "failure", "failed", "error", "DOWN", "Unhealthy", "critical", "NOT_SERVING",
            "OUT_OF_SERVICE",
            "false",
        ].map { ($0, .fail) }
        + ["starting", "none", "UNKNOWN", "SERVICE_UNKNOWN", "", "fine"].map { ($0, .unknown) }

    @Test(arguments: words) func readsTheWordAsStatus(_ word: String, _ expected: HealthStatus) {
        #expect(HealthExample(word, "{\"status\":\"\(word)\"}", expected).record.status == expected)
        #expect(HealthExample(word, "{\"STATUS\":\"\(word)\"}", expected).record.status == expected)
    }

    @Test(arguments: words) func readsTheWordOfAComponent(_ word: String, _ expected: HealthStatus) {
        let record = HealthExample(word, "{\"status\":\"ok\",\"checks\":{\"db\":\"\(word)\"}}", .pass).record
        #expect(record.checks.map(\.status) == [expected])
        #expect(record.status == .pass)
    }

    @Test func takesTheWorseOfHTTPClassAndBody() {
        for (http, fromHTTP) in [
            (200, HealthStatus.pass), (204, .pass), (500, .fail), (503, .fail),
        ] {
            for (word, fromBody) in [
                ("ok", HealthStatus.pass), ("starting", .unknown), ("warn", .warn), ("down", .fail),
            ] {
                let record = HealthExample(word, http: http, "{\"status\":\"\(word)\"}", .pass).record
                #expect(record.status == max(fromHTTP, fromBody), "HTTP \(http), \(word)")
            }
        }
    }

    @Test(arguments: [100, 103, 300, 301, 304, 307, 400, 402, 405, 406, 408, 410, 415, 418, 422, 429, 451])
    func aCodeThatIsNeitherSuccessNorServerErrorSaysNothing(_ http: Int) {
        for body in ["", "{\"status\":\"ok\"}", "{\"status\":\"down\"}", "<html>x</html>"] {
            let record = HealthExample("\(http)", http: http, body, .unknown).record
            #expect(record.status == .unknown, "\(body)")
            #expect(record.reason?.hasPrefix("HTTP \(http)") == true, "\(record.reason ?? "")")
        }
    }

    @Test(arguments: [500, 501, 502, 503, 504, 520, 599]) func aServerErrorFailsWhateverItsBody(_ http: Int) {
        for body in [
            "", "OK", "{\"status\":\"ok\"}", "{\"status\":", "<!doctype html><title>Bad Gateway</title>",
            "<?xml version=\"1.0\"?><a/>", "up 1\nx_total 2\n", "{}", "[]", "null",
        ] {
            let record = HealthExample("\(http)", http: http, type: "text/html", body, .fail).record
            #expect(record.status == .fail, "\(body)")
            #expect(record.reason?.hasPrefix("HTTP \(http)") == true, "\(record.reason ?? "")")
        }
    }

    @Test func wordsCanBeTaught() {
        let words = HealthWords(taught: [
            "Green": .pass, "yellow": .warn, "not ready yet": .warn, "ok": .fail,
        ])
        func read(_ body: String) -> HealthStatus {
            HealthNormalizer.read(
                HealthAnswerDocument(status: 200, contentType: nil, body: Array(body.utf8)), words: words
            ).status
        }
        #expect(read("{\"status\":\"green\"}") == .pass)
        #expect(read("{\"shards\":\"YELLOW\"}") == .warn)
        #expect(read("{\"status\":\"not ready yet\"}") == .warn)
        #expect(read("ok") == .fail)
        let untaught = HealthExample("", "{\"status\":\"mauve\"}", .unknown).record
        #expect(untaught.reason?.contains("[health.words] mauve = \"pass\", ") == true)
    }

    @Test func whatCouldNotBeDecodedIsUnknownUnlessTheCodeSaysMore() {
        for (http, status) in [(200, HealthStatus.unknown), (503, .fail), (404, .unknown)] {
            var answer = HealthAnswerDocument(status: http, contentType: nil, body: Array("ok".utf8))
            answer.obstacle = "compressed with br"
            let record = HealthNormalizer.read(answer)
            #expect(record.status == status)
            #expect(record.reason?.contains(http == 404 ? "404" : "br") == true)
        }
    }

    @Test(
        arguments: [
            (401, nil, false, "needs a token; send it with --token-file, --header-file"),
            (401, "Bearer", false, "needs a token (Bearer); send it with --token-file"),
            (403, "Basic", false, "needs a token (Basic); send it with --header-file"),
            (403, nil, false, "HTTP 403: this endpoint needs a token"),
            (401, "Bearer", true, "the token is not accepted (Bearer)"),
            (403, nil, true, "the token may not read this endpoint"),
        ] as [(Int, String?, Bool, String)])
    func aRefusalSaysWhatIsMissing(_ http: Int, _ scheme: String?, _ isAuthorized: Bool, _ words: String) {
        var answer = HealthAnswerDocument(status: http, contentType: nil, body: [])
        answer.challenge = scheme
        answer.isAuthorized = isAuthorized
        let record = HealthNormalizer.read(answer)
        #expect(record.status == .unknown)
        #expect(record.reason?.contains(words) == true, "\(record.reason ?? "")")
    }

    @Test func keepsControlCharactersAsTheyCame() {
        let record = HealthExample(
            "controls", "{\"status\":\"ok\",\"checks\":{\"\\u001b[2Jdb\":\"\\u0007gone\"}}", .pass
        )
        .record
        #expect(record.checks.first?.name == "\u{1B}[2Jdb")
        #expect(record.checks.first?.output == "\u{7}gone")
    }

    @Test func survivesAnyPrefixOfADocument() {
        let whole = Array(
            "{\"status\":\"pass\",\"checks\":{\"a:b\":[{\"status\":\"warn\",\"output\":\"\\u00e9\"}]}}".utf8)
        for count in 1..<whole.count {
            let record = HealthNormalizer.read(
                HealthAnswerDocument(
                    status: 200, contentType: "application/json", body: Array(whole.prefix(count))))
            #expect(record.status == .unknown)
            #expect(record.reason?.contains("not valid JSON") == true)
        }
    }

    @Test func survivesDeepNesting() {
        let deep =
            String(repeating: "{\"components\":{\"x\":", count: 100) + "1"
            + String(repeating: "}}", count: 100)
        #expect(HealthExample("deep", deep, .pass).record.status == .pass)
        #expect(
            HealthExample("too deep", String(repeating: "[", count: 5000), .pass).record.status == .unknown)
    }
}
