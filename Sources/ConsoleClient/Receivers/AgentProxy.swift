import AsyncHTTPClient
import Dialects
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Synchronization
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
    private let upstreamState = UpstreamState()

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
        let server = ReceiverServer(
            kind: .http, address: address, listeners: ReceiverListeners([.http], outlet))
        await server.runHTTP(foreign: refuse) { request, writer, _ in try await pass(request, writer) }
        outlet.finish()
    }

    private func pass(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        var plain = PlainAnswer(
            method: request.head.method.rawValue, path: Self.path(request), askedAt: SystemClock.now(),
            status: 501)
        let input = PassedInput(limit: Self.maximumInput)
        if request.head.headerFields[.upgrade] != nil {
            plain.reason = "this proxy does not pass WebSockets; connect the client to \(upstream.url)"
            await tell(plain, request, input)
            return try await writer.writeResponse(HTTPResponse(status: .notImplemented))
        }
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(
                try await outgoing(request, input), deadline: .distantFuture)
        } catch {
            let words = ReadError(error, .zero).description
            reach(failure: "\(words); start the server there, or set --upstream to where it is")
            plain.status = 502
            plain.reason = "\(upstream.url): \(words)"
            await tell(plain, request, input)
            let head = HTTPResponse(status: .badGateway, headerFields: [.contentType: "text/plain"])
            return try await writer.write(
                response: head,
                body: .init(byteBuffer: ByteBuffer(string: "ctxtop proxy: \(upstream.url): \(words)\n")))
        }
        reach(failure: nil)
        plain.status = Int(answer.status.code)
        plain.type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
        let coding = answer.headers.first(name: "content-encoding")?.lowercased() ?? "identity"
        let unread = Self.whyUnread(type: plain.type, coding: coding)
        if let unread, plain.status < 400 { outlet.send(.refused(what: "run", reason: unread)) }
        let isStream = plain.type.hasPrefix("text/event-stream") && plain.status < 400
        var tee = isStream && unread == nil ? await reader(request, input) : nil
        var body = try await writer.writeHead(Self.head(answer))
        var isClientThere = true
        do {
            for try await piece in answer.body {
                // The client first: whoever watches must not slow the watched.
                isClientThere = false
                try await body.write(piece)
                isClientThere = true
                let now = SystemClock.now()
                for message in tee?.feed(piece.readableBytesView, at: now) ?? [] { outlet.send(message) }
                if tee == nil, coding == "identity" {
                    plain.body += piece.readableBytesView.prefix(PlainAnswer.maximumBody - plain.body.count)
                }
            }
        } catch {
            let ending = isClientThere ? RunStreamReader.Ending.broken : .abandoned
            for message in tee?.end(ending, at: SystemClock.now()) ?? [] { outlet.send(message) }
            if tee?.hasEvents != true {
                let end = isClientThere ? "broke" : "was closed by the client"
                plain.reason = "the connection \(end) before the end of the answer"
                await tell(plain, request, input)
            }
            // Not the client library's error: NIO answers one about parsing with a 400, inside the body that was begun.
            throw AnswerBrokenOff()
        }
        for message in tee?.end(.complete, at: SystemClock.now()) ?? [] { outlet.send(message) }
        if let tee {
            plain.reason = "the stream ended before its first event"
            if !tee.hasEvents { await tell(plain, request, input) }
        } else if unread == nil || plain.status >= 400 {
            await tell(plain, request, input)
        }
        try await body.finish(nil)
    }

    /// Shows an answer that is not a stream.
    private func tell(_ answer: PlainAnswer, _ request: Request, _ input: PassedInput) async {
        let reader = await reader(request, input)
        for message in reader.events(for: answer, at: SystemClock.now()) { outlet.send(message) }
    }

    /// Shows that the server cannot be reached, or that it can be again.
    private func reach(failure: String?) {
        guard upstreamState.isNew(failure) || failure != nil else { return }
        outlet.send(.read(ReadOutcome(.runs, upstream.url, failure: failure)))
        if let failure { outlet.send(.refused(what: upstream.url, reason: failure)) }
    }

    /// Shows a connection that cannot be passed on.
    private func refuse(_ connection: ForeignConnection) {
        let words: String =
            switch connection.kind {
            case .tls: "this port speaks HTTP without TLS; connect clients to \(connection.peers.endpoint)"
            case .http2: "this port speaks HTTP/1.1 only; turn HTTP/2 off in the client"
            case .http1, .unknown: "not HTTP/1.1; connect clients to \(connection.peers.endpoint)"
            }
        let now = SystemClock.now()
        var plain = PlainAnswer(method: "", path: connection.address, askedAt: now, status: 400)
        plain.reason = words
        let reader = RunStreamReader(path: "", input: [], user: nil)
        for message in reader.events(for: plain, at: now) { outlet.send(message) }
        outlet.send(.refused(what: connection.address, reason: "HTTP 400; \(words)"))
    }

    /// Why the events of a stream pass unread; nil when they are read, or when the answer is not a stream.
    private static func whyUnread(type: String, coding: String) -> String? {
        // AG-UI's binary encoding of the same events.
        if type.hasPrefix("application/vnd.ag-ui.event") { return "its answer is \(type) and passes unread" }
        guard type.hasPrefix("text/event-stream"), coding != "identity" else { return nil }
        return "its answer is compressed (\(coding)) and passes unread"
    }

    private static func path(_ request: Request) -> String {
        String((request.head.path ?? "/").prefix { $0 != "?" })
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

    /// A reader for the answer to a request, whose run and user it knows.
    private func reader(_ request: Request, _ input: PassedInput) async -> RunStreamReader {
        let user = userHeader.flatMap { HTTPField.Name($0) }.flatMap { request.head.headerFields[$0] }
        return RunStreamReader(path: Self.path(request), input: await input.bytes, user: user)
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

/// An answer ended before its end, so that the connection to the client must, too.
private struct AnswerBrokenOff: Error {}

/// Whether the server could be reached the last time.
private final class UpstreamState: Sendable {
    private let failure = Mutex<String?>(nil)

    /// Keeps an outcome; whether it differs from the one before.
    func isNew(_ outcome: String?) -> Bool {
        failure.withLock { failure in
            defer { failure = outcome }
            return failure != outcome
        }
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
