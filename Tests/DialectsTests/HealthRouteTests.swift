import Testing
import WireProtocol

@testable import Dialects

/// The other health routes of a backend, and what they change of its health.
@Suite struct HealthRouteTests {
    private let now = Timestamp(milliseconds: 1_795_441_400_000)

    @Test(
        arguments: [
            ("/health", .overall), ("/healthz", .overall), ("/readyz", .readiness), ("/-/ready", .readiness),
            ("/health/readiness?x=1", .readiness), ("/livez", .liveness), ("/-/healthy", .liveness),
            ("/", .overall),
            ("/api/v2/healthcheck", .readiness), ("/api/v2/heartbeat", .liveness), ("", .overall),
        ] as [(String, HealthRouteKind)])
    func aPathSaysWhatItsAnswerIsAbout(_ path: String, _ kind: HealthRouteKind) {
        #expect(HealthRoute(path).kind == kind)
    }

    @Test func aRoundAsksTwelveAtMostAndEachOnce() {
        let known = (0..<30).map { HealthRoute("/r\($0)/ready") }
        let reader = HealthRoutesReader(around: nil, primary: "/readyz", known: known)
        #expect(reader.requests.count == HealthRoute.maximumGuesses)
        let usual = HealthRoutesReader(around: nil, primary: "/health")
        #expect(usual.requests.map(\.path) == HealthRoute.guesses.map(\.path))
        #expect(usual.requests.allSatisfy { $0.isGuess && $0.rhythm == .every(.seconds(60)) })
        let paths = (HealthRoute.guesses + HealthRoute.lastGuesses).map(\.path)
        #expect(Set(paths).count == paths.count)
    }

    @Test func whatCostsIsNeverAsked() {
        let reader = HealthRoutesReader(around: nil, primary: "/health/readiness", avoided: ["/health"])
        #expect(!reader.requests.map(\.path).contains("/health"))
    }

    private func record(after answers: [(String, Int, String)]) -> HealthRecord? {
        var reader = HealthRoutesReader(around: nil, primary: "/health")
        var health = HealthRecord(.pass)
        health.address = "/health"
        var messages = reader.take(.health(health, body: []), at: now)
        for (path, status, body) in answers {
            guard let request = reader.requests.first(where: { $0.path == path }) else { continue }
            let document = HealthAnswerDocument(status: status, contentType: nil, body: Array(body.utf8))
            messages = reader.take(.document(request, document, took: .milliseconds(3)), at: now)
        }
        return messages.health
    }

    @Test func anAnswerIsARowWithItsKindCodeAndTime() throws {
        let whole = self.record(after: [("/readyz", 503, "queue full")])
        let row = try #require(whole?.checks.last)
        #expect(row.name == "/readyz")
        #expect(row.kind == .readiness)
        #expect(row.httpStatus == 503)
        #expect(row.latencyMs == 3)
        #expect(row.at == now)
        #expect(row.output == "HTTP 503: queue full")
        #expect(record(after: [("/readyz", 503, "")])?.checks.map(\.name) == ["/health", "/readyz"])
    }

    @Test func aReadinessThatIsWellAgainLetsTheWholeBeWell() {
        #expect(record(after: [("/readyz", 503, "")])?.status == .fail)
        #expect(record(after: [("/readyz", 503, ""), ("/readyz", 200, "ok")])?.status == .pass)
    }

    @Test(arguments: [401, 403, 404, 405, 501, 302, 304]) func aGuessThatIsNobodysIsOnlyListed(_ status: Int)
        throws
    {
        let record = try #require(self.record(after: [("/readyz", status, "x")]))
        #expect(record.checks.isEmpty)
        #expect(record.ignored == ["/readyz HTTP \(status)"])
        #expect(record.status == .pass)
    }

    @Test func aPageForEveryAddressIsNoReadiness() {
        let record = record(after: [("/readyz", 200, "<!doctype html><p>down")])
        #expect(record?.checks.isEmpty == true)
        #expect(record?.ignored == ["/readyz HTTP 200, a page"])
    }

    @Test(
        arguments: [
            (500, [], .pass), (502, ["/health", "/readyz"], .fail), (503, ["/health", "/readyz"], .fail),
        ] as [(Int, [String], HealthStatus)])
    func theSameErrorAtEveryAddressIsSaidOnceAtMost(_ code: Int, _ rows: [String], _ status: HealthStatus) {
        let record = record(after: HealthRoute.guesses.map { ($0.path, code, "x") })
        #expect(record?.checks.map(\.name) == rows)
        #expect(record?.status == status)
    }

    @Test func aConnectShowsNoPassingMomentBeforeReadiness() {
        var reader = HealthRoutesReader(around: nil, primary: "/health", waits: true)
        let well = DialectAnswer.health(HealthRecord(.pass), body: [])
        #expect(reader.take(well, at: now).isEmpty)
        for (place, request) in reader.requests.enumerated() {
            let document = HealthAnswerDocument(status: place == 0 ? 503 : 404, contentType: nil, body: [])
            let messages = reader.take(.document(request, document, took: .zero), at: now)
            let isLast = place == reader.requests.count - 1
            #expect(messages.health?.status == (isLast ? .fail : nil))
        }
        // Routes that hang keep health back for one answer only.
        var hanging = HealthRoutesReader(around: nil, primary: "/health", waits: true)
        #expect(hanging.take(well, at: now).isEmpty)
        #expect(hanging.take(well, at: now).health?.status == .pass)
    }

    @Test func theReaderInsideStillSeesItsOwnAnswers() {
        var reader = HealthRoutesReader(around: GenericHealthReader(), primary: "/health")
        #expect(reader.requests.first == MetricsPage.request)
        let page = HealthAnswerDocument(status: 200, contentType: nil, body: Array("up 1\n".utf8))
        #expect(reader.take(.document(MetricsPage.request, page, took: .zero), at: now).isEmpty)
        #expect(
            reader.take(.health(HealthRecord(.pass), body: []), at: now).health?.checks.map(\.name) == ["up"])
    }

    /// What the guesses answer to a token, one by one and then all others, and whether the token is to blame.
    @Test(
        arguments: [
            ([401], 401, true, true), ([404, 401], 404, true, true), ([401], 401, false, false),
            ([403], 403, true, false), ([404], 404, true, false), ([200, 401], 401, true, false),
            ([503, 401], 401, true, false), ([405, 404, 401, 403], 404, true, true),
        ])
    func aTokenThatOpensNothingIsSaid(_ first: [Int], _ rest: Int, _ isSent: Bool, _ isBlamed: Bool) {
        for inner in [nil, GenericHealthReader()] as [GenericHealthReader?] {
            var reader = HealthRoutesReader(around: inner, primary: "/health")
            var messages = reader.take(.health(HealthRecord(.pass), body: []), at: now)
            for (place, request) in reader.requests.filter(\.isGuess).enumerated() {
                #expect(messages.outcomes.isEmpty)
                let status = place < first.count ? first[place] : rest
                var document = HealthAnswerDocument(status: status, contentType: nil, body: Array("x".utf8))
                (document.isAuthorized, document.challenge) = (isSent, "Bearer")
                messages = reader.take(.document(request, document, took: .zero), at: now)
            }
            #expect(messages.outcomes.isEmpty == !isBlamed)
            #expect(messages.outcomes.first?.contains("the token is not accepted (Bearer)") ?? true)
            guard isBlamed, let guess = reader.requests.first(where: \.isGuess) else { continue }
            // The right one was given: the same routes are read now.
            let well = HealthAnswerDocument(status: 200, contentType: nil, body: Array("ok".utf8))
            let later = reader.take(.document(guess, well, took: .zero), at: now)
            #expect(later.outcomes == ["routes that need the token: read"])
        }
    }

    @Test func aDialectThatReadsMoreReportsItsOwnRefusals() throws {
        var reader = HealthRoutesReader(around: AgnoReader(), primary: "/health")
        for request in reader.requests.filter(\.isGuess) {
            var document = HealthAnswerDocument(status: 401, contentType: nil, body: [])
            document.isAuthorized = true
            #expect(reader.take(.document(request, document, took: .zero), at: now).outcomes.isEmpty)
        }
    }
}
