import NIOCore
import NIOPosix
import NIOSSL
import WireProtocol

/// Finds out why a certificate was not accepted: the TLS library only says that it was not.
///
/// A second connection shakes hands up to the server's certificates, looks at the times in them, and refuses them:
/// nothing is ever sent over it.
struct CertificateInspection {
    let target: BackendTarget
    let timeout: Duration

    /// The error with its cause, where it is about a certificate; every other error as it is.
    func explained(_ error: ReadError) async -> ReadError {
        guard error == .tls(.untrusted), target.scheme == "https",
            let validities = try? await validities()
        else { return error }
        return .tls(TLSRefusal(ofValidities: validities, at: SystemClock.now()))
    }

    /// When each certificate that the server sends begins and ends to be valid, its own first.
    private func validities() async throws -> [ClosedRange<Timestamp>] {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        let context = try NIOSSLContext(configuration: tls)
        let (seen, certificates) = AsyncStream<[ClosedRange<Timestamp>]>.makeStream(
            bufferingPolicy: .bufferingOldest(1))
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.nanoseconds(timeout.wholeMilliseconds * 1_000_000))
            .connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    // RFC 6066 section 3: an address is no server name.
                    let isAddress = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
                    let refuse: NIOSSLCustomVerificationCallback = { chain, verdict in
                        certificates.yield(chain.compactMap(\.validity))
                        verdict.succeed(.failed)
                    }
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: isAddress ? nil : target.host,
                        customVerificationCallback: refuse)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return channel
                }
            }
        channel.closeFuture.whenComplete { _ in certificates.finish() }
        let expiry = channel.eventLoop.scheduleTask(in: .nanoseconds(timeout.wholeMilliseconds * 1_000_000)) {
            channel.close(promise: nil)
        }
        defer {
            expiry.cancel()
            channel.close(promise: nil)
        }
        for await validities in seen { return validities }
        throw ReadError.closed
    }
}

extension NIOSSLCertificate {
    /// From when and until when it is valid; nil when it ends before it begins.
    fileprivate var validity: ClosedRange<Timestamp>? {
        // RFC 5280 section 4.1.2.5: four digits of a year, so that milliseconds cannot overflow.
        let start = Timestamp(milliseconds: Int64(notValidBefore) * 1000)
        let end = Timestamp(milliseconds: Int64(notValidAfter) * 1000)
        return start <= end ? start...end : nil
    }
}
