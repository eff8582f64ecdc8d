import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// Why a backend gave no usable answer, in words for an operator.
enum ReadError: Error, Equatable, CustomStringConvertible {
    case refused
    case unknownHost
    case timedOut(Duration)
    case tooLarge(limit: Int)
    case foreignRedirect(String, status: Int)
    case tooManyRedirects(status: Int)
    case tls(TLSRefusal)
    case closed
    case notHTTP
    case notHTTP2
    /// A status that no HTTP answer can have, as it came.
    case impossibleStatus(String)
    case other(String)

    /// Reads what the client library threw.
    init(_ error: any Error, _ timeout: Duration) {
        switch error {
        case let error as ReadError: self = error
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            self = .timedOut(timeout)
        case let error as HTTPClientError where error == .remoteConnectionClosed: self = .closed
        case HTTPParserError.invalidEOFState: self = .closed
        case is HTTPParserError: self = .notHTTP
        case let error as NIOConnectionError:
            let failures = error.connectionErrors.map { "\($0.error)" }.joined()
            self = error.connectionErrors.isEmpty ? .unknownHost : Self.reading(failures)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: self = .tls(.wrongName)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self = .tls(TLSRefusal(of: "\(error)"))
        case is any NIOHTTP2Error: self = .notHTTP2
        case ChannelError.ioOnClosedChannel: self = .closed
        default: self = Self.reading("\(error)")
        }
    }

    private static func reading(_ text: String) -> ReadError {
        if text.contains("errno: \(ECONNREFUSED)") || text.lowercased().contains("connection refused") {
            return .refused
        }
        if text.contains("errno: \(ECONNRESET)") || text.contains("remoteConnectionClosed") { return .closed }
        if text.contains("OPENSSL_internal:") { return .tls(TLSRefusal(of: text)) }
        return .other(text)
    }

    /// Seconds as a person writes them: `5`, `0.3`.
    private static func seconds(_ limit: Duration) -> String {
        let milliseconds = limit.wholeMilliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }

    /// Whether something answered, in another protocol than was spoken.
    var isOtherProtocol: Bool {
        switch self {
        case .notHTTP, .notHTTP2, .impossibleStatus, .closed: true
        case .refused, .unknownHost, .timedOut, .tooLarge, .foreignRedirect, .tooManyRedirects, .tls,
            .other:
            false
        }
    }

    /// The HTTP status of a redirect that was not followed; nil for every other error.
    var redirectStatus: Int? {
        switch self {
        case .foreignRedirect(_, let status), .tooManyRedirects(let status): status
        case .refused, .unknownHost, .timedOut, .tooLarge, .tls, .closed, .notHTTP, .notHTTP2,
            .impossibleStatus, .other:
            nil
        }
    }

    /// What happened and, where there is something, what to do.
    var description: String {
        switch self {
        case .refused: "connection refused"
        case .unknownHost: "the host is not known"
        case .timedOut(let limit): "no answer within \(Self.seconds(limit)) s"
        case .tooLarge(let limit): "the answer is larger than \(limit >> 20) MiB"
        case .foreignRedirect(let url, _): "redirected to another origin, which is refused: \(url)"
        case .tooManyRedirects: "redirected more than 5 times"
        case .tls(let refusal): refusal.description
        case .closed: "the backend closed the connection"
        case .notHTTP: "what answers there does not speak HTTP/1.1; a TLS port is asked with https://"
        case .notHTTP2: "what answers there does not speak HTTP/2 as gRPC does; https:// asks with TLS"
        case .impossibleStatus(let status):
            "answered with the status \"\(status)\", which HTTP does not have; statuses are 100 to 599"
        case .other(let words): words
        }
    }
}
