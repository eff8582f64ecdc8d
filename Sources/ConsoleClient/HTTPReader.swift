import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
import NIOSSL
import WireProtocol

/// Asks one backend over HTTP: same origin only, bounded in size and time.
struct HTTPReader: Sendable {
    let target: BackendTarget
    let options: ClientOptions
    let client: HTTPClient

    /// The client that a set of options needs; every request of the console and its proxy goes through one.
    ///
    /// - Throws: when the file of certificate authorities cannot be used.
    static func client(_ options: ClientOptions) throws -> HTTPClient {
        HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(options))
    }

    /// What the client is made with.
    static func configuration(_ options: ClientOptions) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // A refused connection is an answer for an operator; the link has its own backoff.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each event stream holds a connection; with the usual 8, a ninth thread's would stop all polling.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        configuration.timeout.connect = .nanoseconds(options.timeout.wholeMilliseconds * 1_000_000)
        configuration.decompression = .disabled
        // A hostile answer must be refused before the library's own checks, which end the process; the guard
        // reads HTTP/1.1, and an event stream has a connection of its own anyway.
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try AnswerGuard.add(to: channel) }
        }
        configuration.tlsConfiguration = tls(options)
        return configuration
    }

    /// Which certificates a set of options accepts, from TLS 1.2 on: RFC 8996 forbids the versions before.
    static func tls(_ options: ClientOptions) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file = options.certificateAuthorities { tls.trustRoots = .file(file) }
        if options.acceptsAnyCertificate { tls.certificateVerification = .none }
        return tls
    }

    /// The most redirects that are followed.
    private static let maximumRedirects = 5

    /// Gets a whole answer of at most `limit` bytes; with a body, by POST.
    ///
    /// - Parameter timeout: how long it may take, where that is not the time of all others.
    func get(
        _ url: String, limit: Int, body: JSONValue? = nil, timeout: Duration? = nil,
        headers: [String: String] = [:]
    ) async throws(ReadError) -> HealthAnswerDocument {
        let timeout = timeout ?? options.timeout
        // The client library's own deadline ends with the head; a body can trickle for ever.
        do {
            return try await withDeadline(timeout) {
                try await whole(url, limit: limit, body: body, timeout: timeout, headers: headers)
            }
        } catch {
            let inspection = CertificateInspection(target: target, timeout: timeout)
            throw await inspection.explained(ReadError(error, timeout))
        }
    }

    private func whole(
        _ url: String, limit: Int, body content: JSONValue?, timeout: Duration, headers: [String: String]
    ) async throws -> HealthAnswerDocument {
        let response: HTTPClientResponse
        do throws(ReadError) {
            response = try await open(
                url, accept: "application/json, */*;q=0.5", after: nil, body: content, timeout: timeout,
                headers: headers)
        } catch {
            // A redirect that is not followed is an answer, not a silent server.
            guard let status = error.redirectStatus else { throw error }
            return HealthAnswerDocument(status: status, obstacle: error.description)
        }
        if content == nil, response.isEventStream {
            // It never ends, and says nothing about health.
            return HealthAnswerDocument(
                status: Int(response.status.code), obstacle: "an event stream, not a health endpoint")
        }
        var body: [UInt8] = []
        for try await piece in response.body {
            guard body.count + piece.readableBytes <= limit else { throw ReadError.tooLarge(limit: limit) }
            body += piece.readableBytesView
        }
        var answer = HealthAnswerDocument(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
            body: body)
        switch ContentCoding.decode(body, response.headers.first(name: "content-encoding"), limit: limit) {
        case .content(let content): answer.body = content
        case .obstacle(let words): answer.obstacle = words
        case .tooLarge: throw ReadError.tooLarge(limit: limit)
        }
        answer.server = response.headers.first(name: "server")
        answer.challenge = response.headers.first(name: "www-authenticate").flatMap { field in
            field.split { $0 == " " || $0 == "," }.first.map { String($0.prefix(40)) }
        }
        answer.isAuthorized = isAuthorized
        return answer
    }

    /// Whether requests say who asks.
    private var isAuthorized: Bool {
        options.token != nil || options.headers.contains { $0.name.lowercased() == "authorization" }
    }

    /// Opens an answer whose body may never end; a redirect within the origin is followed.
    func open(
        _ url: String, accept: String, after id: String?, body: JSONValue? = nil, timeout: Duration? = nil,
        headers: [String: String] = [:]
    ) async throws(ReadError) -> HTTPClientResponse {
        var url = url
        var lastStatus = 0
        for _ in 0...Self.maximumRedirects {
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "accept", value: accept)
            // What is sent packed anyway is unpacked, gzip and deflate; nothing else can be.
            request.headers.add(name: "accept-encoding", value: "identity")
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            identify(&request)
            if let id { request.headers.add(name: "last-event-id", value: id) }
            if let body {
                request.method = .POST
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(body.serialized)
            }
            let response = try await execute(request, timeout ?? options.timeout)
            guard (300..<400).contains(response.status.code),
                let to = response.headers.first(name: "location")
            else {
                return response
            }
            lastStatus = Int(response.status.code)
            guard let next = target.redirected(from: url, to: to) else {
                throw .foreignRedirect(to, status: lastStatus)
            }
            url = next
        }
        throw .tooManyRedirects(status: lastStatus)
    }

    /// Adds who asks.
    func identify(_ request: inout HTTPClientRequest) {
        request.headers.add(name: "user-agent", value: "ctxtop")
        for (name, value) in options.headers { request.headers.add(name: name, value: value) }
        if let token = options.token {
            request.headers.add(name: "authorization", value: "Bearer " + token)
        }
    }

    /// Sends a request; the deadline is for the answer's head.
    private func execute(
        _ request: HTTPClientRequest, _ timeout: Duration
    ) async throws(ReadError) -> HTTPClientResponse {
        do {
            return try await withDeadline(timeout) {
                try await client.execute(request, deadline: .distantFuture)
            }
        } catch { throw ReadError(error, timeout) }
    }
}

extension HTTPClientResponse {
    /// Whether it is an event stream.
    fileprivate var isEventStream: Bool {
        headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") == true
    }
}

extension HealthAnswerDocument {
    /// An answer whose body says nothing.
    fileprivate init(status: Int, obstacle: String) {
        self.init(status: status, contentType: nil, body: [])
        self.obstacle = obstacle
    }
}

extension BackendTarget {
    /// Where a redirect leads, or nil when it leaves the origin.
    func redirected(from url: String, to location: String) -> String? {
        if location.hasPrefix("/"), !location.hasPrefix("//") { return origin + location }
        if !location.contains("://"), let slash = url.lastIndex(of: "/") {
            return String(url[...slash]) + location
        }
        guard let target = try? BackendTarget(location), target.origin == origin else { return nil }
        return target.url
    }
}

/// Runs `body`, or throws `CancellationError` when it takes longer.
func withDeadline<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw ReadError.timedOut(limit)
        }
        guard let first = try await group.next() else { throw CancellationError() }
        group.cancelAll()
        return first
    }
}
