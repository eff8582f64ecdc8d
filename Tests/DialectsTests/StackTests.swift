import Dialects
import Testing
import WireProtocol

@Suite struct StackTests {
    @Test(
        arguments: [
            ("uvicorn", "", .python), ("hypercorn-h11", "", .python), ("gunicorn/23.0", "", .python),
            ("Uvicorn", "{\"error\":true,\"reason\":\"x\"}", .python), ("Hummingbird", "", .swift),
            ("Vapor/4", "", .swift), ("nginx", "", .other), (nil, "", .other),
            ("nginx", "{\"detail\":\"Not Found\"}", .python), (nil, "{\"detail\":{\"a\":1}}", .other),
            (nil, "{\"detail\":\"x\",\"status\":\"ok\"}", .other),
            (nil, "{\"error\":true,\"reason\":\"Not Found\"}", .swift),
            (nil, "{\"error\":{\"message\":\"x\"}}", .swift), (nil, "{\"error\":\"x\"}", .other),
            (nil, "{\"status\":\"ok\"}", .other), (nil, "[1]", .other), (nil, "{\"error\":{}}", .other),
        ] as [(String?, String, Stack)])
    func aStackIsRecognisedByHeaderThenShape(_ server: String?, _ body: String, _ stack: Stack) {
        #expect(Stack.recognizing(server: server, try? JSONParser.parse(Array(body.utf8))) == stack)
    }

    @Test(arguments: Stack.allCases) func theLinesFitEightyColumns(_ stack: Stack) {
        #expect(!stack.exposingLines.isEmpty)
        #expect(stack.exposingLines.allSatisfy { $0.utf8.count <= 76 })
    }

    @Test func linesComeOnlyWhereThePatternCannotBeSeen() {
        #expect(Coverage.whole.exposed(on: .python) == .whole)
        #expect(
            Dialect.genericHealth.coverage.exposed(on: .python).exposingLines
                .contains { $0.contains("exposer = Exposer(app)") })
    }
}
