import ContextMonitor
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Testing
import WireProtocol

@testable import Backend

/// `/openapi.json` and the router say the same.
@Suite struct APIDocumentTests {
    /// A router that only remembers what is added to it.
    private final class Recorder: RouterMethods, Sendable {
        typealias Context = BackendContext
        private let seen = Mutex<Set<String>>([])
        var routes: Set<String> { seen.withLock { $0 } }

        func on<Responder: HTTPResponder>(
            _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
        ) -> Self where Responder.Context == Context {
            let words = path.description.split(separator: "/").map { part in
                part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
            }
            seen.withLock { _ = $0.insert("\(method) /" + words.joined(separator: "/")) }
            return self
        }

        func add(middleware: any MiddlewareProtocol<Request, Response, Context>) -> Self { self }
    }

    private var backend: Backend {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Backend(BackendConfiguration(), logger: logger)
    }

    @Test func everyRouteIsDescribedAndEveryDescriptionIsARoute() {
        let recorder = Recorder()
        backend.addRoutes(to: recorder)
        let described = Set(APIOperation.all.map { "\($0.method) \($0.path)" })
        #expect(recorder.routes.subtracting(described).sorted() == [])
        #expect(described.subtracting(recorder.routes).sorted() == [])
    }

    @Test func everyReferenceLeadsSomewhereAndNoNameStandsTwice() throws {
        let document = OpenAPIDocument.json(version: "1")
        #expect(document["openapi"] == "3.1.0")
        var references: Set<String> = []
        collect(document, into: &references)
        #expect(references.count > 15)
        for reference in references {
            var place = document
            for part in reference.split(separator: "/").dropFirst() {
                place = try #require(place[String(part)], "\(reference) leads nowhere")
            }
        }
        let identities = APIOperation.all.map(\.identity)
        #expect(Set(identities).count == identities.count)
        for operation in APIOperation.all {
            #expect(!operation.answers.isEmpty && operation.summary.hasSuffix("."))
        }
    }

    private func collect(_ value: JSONValue, into references: inout Set<String>) {
        for member in value.object?.members ?? [] {
            if member.name == "$ref", let text = member.value.string { references.insert(text) }
            collect(member.value, into: &references)
        }
        for element in value.array ?? [] { collect(element, into: &references) }
    }

    @Test func theDocumentIsServedToAnyone() async throws {
        try await RunningBackend.with { backend in
            let answer = try await backend.get("/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.body["paths"]?["/monitor/v1/snapshot"]?["get"]?["security"] == [["operator": []]])
        }
    }
}
