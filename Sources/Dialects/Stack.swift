public import WireProtocol

/// What a server is built on, as far as its answers show: it decides which lines would expose its pattern.
public enum Stack: String, Hashable, Sendable, CaseIterable {
    /// An ASGI server: FastAPI, Starlette and their like run on these.
    case python
    /// A Swift server on Hummingbird or Vapor.
    case swift
    /// A gRPC server, whose language does not show.
    case grpc
    /// Anything else, or nothing that tells.
    case other

    /// Words of a `server` header, by the stack that they belong to; a proxy's own name tells nothing.
    private static let servers: [(word: String, stack: Stack)] = [
        ("uvicorn", .python), ("hypercorn", .python), ("gunicorn", .python), ("daphne", .python),
        ("granian", .python), ("hummingbird", .swift), ("vapor", .swift),
    ]

    /// Recognises a stack by the `server` header, else by the shape of an answer.
    ///
    /// Starlette says `{"detail":"…"}` where it has no route, Vapor
    /// `{"error":true,"reason":"…"}`, and Hummingbird `{"error":{"message":"…"}}`.
    public static func recognizing(server: String?, _ body: JSONValue?) -> Stack {
        let name = server?.lowercased() ?? ""
        if let found = servers.first(where: { name.contains($0.word) }) { return found.stack }
        guard let members = body?.object?.members, members.count <= 2 else { return .other }
        if members.count == 1, body?["detail"]?.string != nil { return .python }
        if body?["error"]?.bool == true, body?["reason"]?.string != nil { return .swift }
        if members.count == 1, let error = body?["error"]?.object,
            error.members.map(\.name) == ["message"]
        {
            return .swift
        }
        return .other
    }

    /// The lines that would make such a backend's pattern visible, at most 76 columns each.
    public var exposingLines: [String] {
        switch self {
        case .python:
            [
                "pip install Assets/python/ctxtop_exposer   # in ctxtop's checkout",
                "from ctxtop_exposer import Exposer",
                "exposer = Exposer(app)   # after app = FastAPI(); CTXTOP_TOKEN_FILE=FILE",
            ]
        case .swift:
            [
                "let monitor = ContextMonitor(configuration, now: clock)",
                "monitor.observe([Evidence(.toolClasses, \"4\", source: \"main\")], on: .http)",
                "monitor.addRoutes(to: router, access: .insecureLoopback)",
            ]
        case .grpc:
            [
                "# beside the gRPC port, an HTTP one that answers",
                "GET /health with \"links\": {\"monitor\": \"/monitor/v1\"}",
                "GET /monitor/v1/snapshot with paths[].evidence; schema: Assets/schema",
            ]
        case .other:
            [
                "\"links\": {\"monitor\": \"/monitor/v1\"}   # in the health answer",
                "GET /monitor/v1/snapshot with paths[].evidence; schema: Assets/schema",
            ]
        }
    }
}

extension Coverage {
    /// The same with the lines that would expose the pattern on that stack, where it cannot be seen.
    public func exposed(on stack: Stack) -> Coverage {
        var coverage = self
        coverage.exposingLines = sees(.patterns) ? [] : stack.exposingLines
        return coverage
    }
}
