import AsyncHTTPClient
import Dialects
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
public import WireProtocol

/// A reverse proxy in front of an AG-UI server: every byte of every body passes unchanged, and runs are shown.
///
/// Fields that belong to one connection only (RFC 9110 section 7.6.1) are not
/// passed on; a WebSocket is answered with 501. What the console cannot keep up
/// with is counted as lost there: the proxied client never waits for it.
public struct AgentProxy: MessageSource {
    /// How much of a request is read for its thread and run; the rest passes unread.
    private static let maximumInput = 1 << 20

    /// What passed, in order.
    public var messages: AsyncStream<Message> { outlet.messages }
    private let outlet = MessageOutlet()
    private let address: ListenAddress
    private let upstream: BackendTarget
    private let userHeader: String?
    private let client: HTTPClient

    /// A proxy that listens when ``run()`` is called.
    init(_ address: ListenAddress, upstream: BackendTarget, userHeader: String?, client: HTTPClient) {
        self.address = address
        self.upstream = upstream
        self.userHeader = userHeader
        self.client = client
    }

    /// Listens until the task is cancelled.
    public func run() async {
        outlet.send(.link(.connecting, reason: nil, retryIn: nil))
        outlet.send(.dialect(name: "ag-ui-proxy", coverage: .proxied))
        await ReceiverServer(address: address, outlet: outlet).run { request, writer, _ in
            try await pass(request, writer)
        }
        outlet.finish()
    }

    private func pass(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        if request.head.headerFields[.upgrade] != nil {
            return try await writer.writeResponse(HTTPResponse(status: .notImplemented))
        }
        let input = PassedInput(limit: Self.maximumInput)
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(
                try await outgoing(request, input), deadline: .distantFuture)
        } catch {
            let words = ReadError(error, .zero).description
            outlet.send(.refused(what: "upstream", reason: words))
            let head = HTTPResponse(status: .badGateway, headerFields: [.contentType: "text/plain"])
            return try await writer.write(
                response: head,
                body: .init(byteBuffer: ByteBuffer(string: "ctxtop proxy: \(upstream.url): \(words)\n")))
        }
        var tee = await reader(of: answer, request, input)
        var body = try await writer.writeHead(Self.head(answer))
        do {
            for try await piece in answer.body {
                // The client first: whoever watches must not slow the watched.
                try await body.write(piece)
                for message in tee?.feed(piece.readableBytesView) ?? [] { outlet.send(message) }
            }
        } catch {
            for message in tee?.end(complete: false) ?? [] { outlet.send(message) }
            throw error
        }
        for message in tee?.end(complete: true) ?? [] { outlet.send(message) }
        try await body.finish(nil)
    }

    private func outgoing(
        _ request: Request, _ input: PassedInput
    ) async throws -> HTTPClientRequest {
        let path = request.head.path ?? "/"
        let base = upstream.namesPath ? upstream.url.drop(last: "/") : upstream.origin
        var outgoing = HTTPClientRequest(url: base + path)
        outgoing.method = HTTPMethod(rawValue: request.head.method.rawValue)
        let named = Self.connectionFields(request.head.headerFields[values: .connection])
        for field in request.head.headerFields where !named.contains(field.name.canonicalName) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        let length = request.head.headerFields[.contentLength].flatMap { Int64($0) }
        let isChunked = request.head.headerFields[.transferEncoding] != nil
        guard length ?? 0 > 0 || isChunked else { return outgoing }
        outgoing.headers.remove(name: "content-length")
        if let length, length <= Self.maximumInput {
            // Whole at once: a server that answers and closes must not find the end of the request missing.
            let body = try await request.body.collect(upTo: Self.maximumInput)
            await input.keep(body)
            outgoing.body = .bytes(body)
            return outgoing
        }
        let pieces = request.body.map { piece in
            await input.keep(piece)
            return piece
        }
        outgoing.body = .stream(pieces, length: length.map { .known($0) } ?? .unknown)
        return outgoing
    }

    /// A reader for an answer that is an event stream; nil for all others.
    private func reader(
        of answer: HTTPClientResponse, _ request: Request, _ input: PassedInput
    ) async -> RunStreamReader? {
        let type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
        guard type.hasPrefix("text/event-stream") else { return nil }
        if let coding = answer.headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
            outlet.send(
                .refused(what: "run", reason: "its answer is compressed (\(coding)) and passes unread"))
            return nil
        }
        let user = userHeader.flatMap { HTTPField.Name($0) }.flatMap { request.head.headerFields[$0] }
        let path = String((request.head.path ?? "/").prefix { $0 != "?" })
        return RunStreamReader(path: path, input: await input.bytes, user: user)
    }

    private static func head(_ answer: HTTPClientResponse) -> HTTPResponse {
        var head = HTTPResponse(
            status: .init(code: Int(answer.status.code), reasonPhrase: answer.status.reasonPhrase))
        let named = connectionFields(answer.headers[canonicalForm: "connection"].map(String.init))
        for (name, value) in answer.headers {
            guard let field = HTTPField.Name(name), !named.contains(field.canonicalName) else { continue }
            head.headerFields.append(HTTPField(name: field, value: value))
        }
        return head
    }

    /// The names of the fields that are this connection's only: RFC 9110 section 7.6.1, and `host`.
    private static func connectionFields(_ connection: [String]) -> Set<String> {
        var names: Set<String> = [
            "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", "host",
        ]
        for value in connection {
            for name in value.split(separator: ",") {
                names.insert(name.lowercased().filter { !$0.isWhitespace })
            }
        }
        return names
    }
}

/// The beginning of a request's body, kept while it passes.
private actor PassedInput {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func keep(_ piece: ByteBuffer) { bytes += piece.readableBytesView.prefix(limit - bytes.count) }
}

extension String {
    /// The text without that last character, if it has it.
    fileprivate func drop(last character: Character) -> String {
        last == character ? String(dropLast()) : self
    }
}
