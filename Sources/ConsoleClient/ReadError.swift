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
    case foreignRedirect(String)
    case tooManyRedirects
    case certificate(String)
    case closed
    case notHTTP(String)
    case notHTTP2
    case other(String)

    /// Reads what the client library threw.
    init(_ error: any Error, _ timeout: Duration) {
        switch error {
        case let error as ReadError: self = error
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            self = .timedOut(timeout)
        case let error as HTTPClientError where error == .remoteConnectionClosed: self = .closed
        case HTTPParserError.invalidEOFState: self = .closed
        case let error as HTTPParserError: self = .notHTTP("\(error)")
        case let error as NIOConnectionError:
            let failures = error.connectionErrors.map { "\($0.error)" }.joined()
            self = error.connectionErrors.isEmpty ? .unknownHost : Self.reading(failures)
        case is NIOSSLError: self = .certificate(Self.sslReason("\(error)"))
        case is any NIOHTTP2Error: self = .notHTTP2
        case ChannelError.ioOnClosedChannel: self = .closed
        default: self = Self.reading("\(error)")
        }
    }

    /// BoringSSL's word for what failed, such as `CERTIFICATE_VERIFY_FAILED`, without where in its source that is.
    private static func sslReason(_ text: String) -> String {
        guard let word = text.split(separator: "OPENSSL_internal:", maxSplits: 1).dropFirst().first else {
            return text
        }
        return String(word.prefix { $0 != " " && $0 != "]" })
    }

    private static func reading(_ text: String) -> ReadError {
        if text.contains("errno: \(ECONNREFUSED)") || text.lowercased().contains("connection refused") {
            return .refused
        }
        if text.contains("errno: \(ECONNRESET)") || text.contains("remoteConnectionClosed") { return .closed }
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
        case .notHTTP, .notHTTP2, .closed: true
        case .refused, .unknownHost, .timedOut, .tooLarge, .foreignRedirect, .tooManyRedirects, .certificate,
            .other:
            false
        }
    }

    /// What happened and, where there is something, what to do.
    var description: String {
        switch self {
        case .refused: "connection refused"
        case .unknownHost: "the host is not known"
        case .timedOut(let limit): "no answer within \(Self.seconds(limit)) s"
        case .tooLarge(let limit): "the answer is larger than \(limit >> 20) MiB"
        case .foreignRedirect(let url): "redirected to another origin, which is refused: \(url)"
        case .tooManyRedirects: "redirected more than 5 times"
        case .certificate(let words): "the certificate is not accepted (--ca-file, --insecure): \(words)"
        case .closed: "the backend closed the connection"
        case .notHTTP(let words): "what answers there does not speak HTTP/1.1: \(words)"
        case .notHTTP2: "what answers there does not speak HTTP/2 as gRPC does; https:// asks with TLS"
        case .other(let words): words
        }
    }
}
