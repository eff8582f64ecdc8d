import Testing
import WireProtocol

@testable import Dialects

/// A dialect none of whose own routes can be read was not read, whatever its health says.
@Suite struct OwnRoutesTests {
    private static let address = "the routes of netra: "

    /// What every route answers, and what is said of it; nil for nothing.
    @Test(
        arguments: [
            (
                404, "{}",
                "none of 26 can be read: HTTP 404 (26); is it netra? try without --dialect"
            ),
            (
                401, "{}",
                "none of 26 can be read: HTTP 401 (26); is it netra? try without --dialect"
            ),
            (200, "<!DOCTYPE html><html>", "HTTP 200, a page (26)"), (400, "{}", "HTTP 400 (26)"),
            (200, "{\"status\":\"healthy\"}", nil), (503, "{\"detail\":\"down\"}", nil),
        ] as [(Int, String, String?)])
    func aDialectWithoutARouteThatIsReadWasNotRead(_ status: Int, _ body: String, _ words: String?) {
        var bench = PolledBench(OwnRoutesReader(around: NetraReader(), "netra"))
        for route in NetraRoute.all { bench.answers[route.path] = .init(body, status: status) }
        let said = bench.poll().outcomes.filter { $0.hasPrefix(Self.address) }
        #expect(said.count == (words == nil ? 0 : 1))
        #expect(said.first?.contains(words ?? "") ?? true)
        // Said once, and taken back when a route is there.
        #expect(bench.poll().outcomes.isEmpty)
        bench.answers["/ws/beacon"] = .init("{\"status\":\"operational\"}")
        #expect(bench.poll().outcomes == (words == nil ? [] : [Self.address + "read"]))
    }

    @Test func oneRouteThatIsReadIsEnough() {
        var bench = PolledBench(OwnRoutesReader(around: NetraReader(), "netra"))
        for route in NetraRoute.all.dropLast() { bench.answers[route.path] = .init("{}", status: 404) }
        bench.answers[NetraRoute.all[25].path] = .init("{\"violations\":[]}")
        #expect(bench.poll().outcomes.isEmpty)
    }

    @Test func aSilentBackendWasNotReadEither() {
        var bench = PolledBench(OwnRoutesReader(around: NetraReader(), "netra"))
        #expect(bench.poll().outcomes.first?.contains("no answer within 5 s (26)") == true)
    }

    @Test func aReaderThatReportsByItselfIsNotRepeated() {
        var bench = PolledBench(OwnRoutesReader(around: LangGraphReader(), "langgraph"))
        for path in ["/info", "/threads/search", "/metrics", "/threads/count"] {
            bench.answers[path] = .init("{}", status: 404)
        }
        let said = bench.poll().outcomes
        #expect(!said.isEmpty && !said.contains { $0.hasPrefix("the routes of") })
    }

    @Test func onlyDialectsWithRoutesOfTheirOwnAreHeldToThem() {
        let names = Dialect.all.filter(\.hasOwnRoutes).map(\.name)
        #expect(names == ["netra", "langgraph", "agno", "adk", "a2a"])
    }
}
