public import ConsoleClient
import ContextMonitor
import NIOSSL

/// Where a monitoring root is served, and who may read it.
public struct MonitorPlan: Sendable {
    let address: ListenAddress
    let access: OperatorAccess
    let tls: TLSConfiguration?

    /// The texts and files that a command line names.
    public struct Request: Sendable {
        /// Where to listen.
        public var address: ListenAddress
        /// The contents of the token file; nil where none was named.
        public var tokens: String?
        /// The path of the certificate chain, PEM.
        public var certificate: String?
        /// The path of its private key, PEM.
        public var key: String?

        /// A monitoring root at that address, without tokens and TLS.
        public init(address: ListenAddress) { self.address = address }
    }

    /// Checks a request.
    ///
    /// - Throws: ``MonitorPlanError`` where others could connect without a token or read along.
    public init(_ request: Request) throws(MonitorPlanError) {
        address = request.address
        if let tokens = request.tokens {
            do throws(TokenFileError) { access = .tokens(try OperatorToken.parse(file: tokens)) } catch {
                throw .tokens(error.description)
            }
        } else {
            access = .insecureLoopback
        }
        switch (request.certificate, request.key) {
        case (nil, nil): tls = nil
        case (let certificate?, let key?): tls = try Self.tls(certificate, key)
        default: throw .incompleteTLS
        }
        guard !LoopbackHost.contains(address.host) else { return }
        if request.tokens == nil || tls == nil { throw .isOpenToOthers(address.description) }
    }

    private static func tls(
        _ certificate: String, _ key: String
    ) throws(MonitorPlanError) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            let secret = try NIOSSLPrivateKey(file: key, format: .pem)
            return .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        } catch { throw .unreadableTLS(certificate, key) }
    }
}

/// Why a monitoring root is not served.
public enum MonitorPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address is not a loopback one, and a token file or TLS is missing.
    case isOpenToOthers(String)
    /// The token file cannot be used.
    case tokens(String)
    /// A certificate without its key, or the reverse.
    case incompleteTLS
    /// A file of the certificate or the key cannot be used.
    case unreadableTLS(String, String)
    /// The address cannot be listened on.
    case cannotListen(String, String)

    /// What is wrong and what to do, in one line.
    public var description: String {
        switch self {
        case .isOpenToOthers(let address):
            "--monitor: \(address) is not a loopback address; add --monitor-token-file, "
                + "--monitor-tls-certificate and --monitor-tls-key, or listen on 127.0.0.1"
        case .tokens(let words): "--monitor-token-file: \(words)"
        case .incompleteTLS: "--monitor-tls-certificate and --monitor-tls-key must be given together"
        case .unreadableTLS(let certificate, let key):
            "--monitor-tls-certificate: \(certificate) and \(key) are not a readable PEM certificate and its key"
        case .cannotListen(let address, let words):
            "--monitor: cannot listen on \(address): \(words); choose another port, or 0 for a free one"
        }
    }
}
