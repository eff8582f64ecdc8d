import Dialects
import Testing
import WireProtocol

@testable import ConsoleClient

/// A bare host: which addresses are asked, how many, and which of them its health is read from.
@Suite(.timeLimit(.minutes(5))) struct HealthDiscoveryTests {
    @Test func asksABareHostWhereTheDialectsKnow() async throws {
        let (messages, requests) = try await FakeServer.readOnce("") { request in
            request.path == "/readyz" ? .whole("ok", type: "text/plain") : .whole("no", status: 404)
        }
        #expect(requests.prefix(2).map(\.path) == ["/health/liveliness", "/health"])
        let guesses = HealthRoute.guesses.map(\.path)
        let expected = ["/health"] + guesses + Dialect.allProbes + ["/metrics", "/health/liveliness"]
        #expect(requests.map(\.path).sorted() == expected.sorted())
        #expect(messages.health?.status == .pass)
        #expect(messages.healths.last?.address == "/readyz")
        #expect(messages.healths.last?.ignored.contains("/healthz HTTP 404") == true)
        #expect(messages.healths.last?.ignored.contains("/health HTTP 404") == true)
    }

    @Test func aPageForPeopleIsNoHealthEndpointOfABareHost() async throws {
        let (messages, _) = try await FakeServer.readOnce("") { request in
            request.path == "/metrics"
                ? .whole("# HELP up x\nup 1\n", type: "text/plain") : .whole("<html>", type: "text/html")
        }
        #expect(messages.health?.status == .pass)
        #expect(messages.health?.address == "/metrics")
    }

    /// The address that health is read at, what each of the others answers, and what is read of it all.
    @Test(
        arguments: [
            (
                ["/health": (200, "ok"), "/readyz": (503, "no database")], .fail,
                "/readyz: HTTP 503: no database"
            ),
            (["/health": (200, "ok"), "/readyz": (200, "ok")], .pass, "ok"),
            (["/health": (200, "ok"), "/-/ready": (503, "")], .fail, "/-/ready: HTTP 503"),
            (
                ["/health": (200, "ok"), "/health/ready": (200, "{\"status\":\"degraded\"}")], .warn,
                "/health/ready"
            ),
            (
                [
                    "/health": (200, "ok"), "/ready": (401, ""), "/readyz": (403, ""), "/-/ready": (405, ""),
                    "/healthz": (501, ""),
                ], .pass, "ok"
            ),
            (["/health": (200, "ok"), "/healthz": (503, "")], .pass, "ok"),
            (["/health": (401, ""), "/healthz": (200, "ok")], .pass, "ok"),
            (["/health": (401, "")], .unknown, "HTTP 401"),
            (["/_stcore/health": (503, "shutting down")], .fail, "HTTP 503: shutting down"),
            (["/api/v2/healthcheck": (503, "{\"is_executor_ready\":false}")], .fail, "is_executor_ready"),
            (["/livez": (200, "ok")], .pass, "ok"), ([:], .unknown, "HTTP 404"),
            (
                [
                    "/health": (200, "ok"), "/readyz": (500, "x"), "/ready": (500, "x"),
                    "/healthz": (500, "x"),
                ], .pass, "ok"
            ),
            (
                [
                    "/health": (200, "ok"), "/readyz": (502, "x"), "/ready": (502, "x"),
                    "/healthz": (502, "x"),
                ], .fail, "502"
            ),
        ] as [([String: (Int, String)], HealthStatus, String)])
    func readinessCountsBesideLiveness(
        _ routes: [String: (Int, String)], _ status: HealthStatus, _ reason: String
    ) async throws {
        let (messages, _) = try await FakeServer.readOnce("") { request in
            let (code, body) = routes[request.path] ?? (404, "not found")
            return .whole(body, status: code, type: "text/plain")
        }
        let record = try #require(messages.healths.last)
        #expect(record.status == status)
        #expect(record.reason?.contains(reason) == true, "\(record.reason ?? "nil")")
    }

    @Test func aRoundAsksTwoAtATimeAndTwelveAtMost() async throws {
        let (messages, requests) = try await FakeServer.readOnce("") { request in
            request.path == "/health" ? .whole("ok", type: "text/plain") : .whole("no", status: 404)
        }
        let asked = requests.filter { !Dialect.allProbes.contains($0.path) && $0.path != "/metrics" }
        #expect(asked.count == 1 + HealthRoute.maximumGuesses)
        #expect(messages.healths.last?.ignored.count == HealthRoute.maximumGuesses)
    }

    @Test func routesThatNeverAnswerEndWithTheTimeout() async throws {
        var options = ClientOptions.quick
        options.timeout = .seconds(3)
        let (messages, requests) = try await FakeServer.readOnce("", options: options) { request in
            request.path == "/health" ? .whole("ok", type: "text/plain") : .silence
        }
        // Two guesses are in flight when the time of all of them is over; no other one is begun.
        let guessed = Set(requests.map(\.path)).intersection(HealthRoute.guesses.map(\.path))
        #expect(guessed.count < HealthRoute.maximumGuesses)
        #expect(messages.health?.status == .pass)
    }

    @Test func aRouteThatCostsIsNotAsked() async throws {
        let (messages, requests) = try await FakeServer.readOnce("") { request in
            switch request.path {
            case "/health/liveliness": .whole("\"I'm alive!\"")
            case "/health/readiness": .whole("{\"status\":\"healthy\"}")
            default: .whole("{}", status: 404)
            }
        }
        #expect(!requests.map(\.path).contains("/health"))
        #expect(messages.health?.address == "/health/readiness")
        #expect(messages.contains { if case .dialect("litellm", _) = $0 { true } else { false } })
    }

    @Test func routesThatTheAPIDocumentNamesAreAskedBeforeGuesses() async throws {
        let document =
            "{\"paths\":{\"/shop/ready\":{\"get\":{}},\"/shop/{id}/ready\":{\"get\":{}},\"/x/readiness\":{\"post\":{}}}}"
        let (messages, requests) = try await FakeServer.readOnce("") { request in
            switch request.path {
            case "/health": .whole("ok", type: "text/plain", headers: "Server: uvicorn\r\n")
            case "/openapi.json": .whole(document)
            case "/shop/ready": .whole("not ready", status: 503, type: "text/plain")
            default: .whole("{}", status: 404)
            }
        }
        #expect(messages.healths.last?.reason?.hasPrefix("/shop/ready: HTTP 503") == true)
        #expect(!requests.contains { $0.path.contains("{") || $0.path == "/x/readiness" })
    }
}
