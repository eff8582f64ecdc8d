import WireProtocol

/// Why a TLS connection did not come to be, as an operator can act on it.
enum TLSRefusal: Equatable, CustomStringConvertible {
    /// The certificate's authority is not known here, or its time is over.
    case untrusted
    /// The certificate's authority is not known here.
    case unknownAuthority
    /// The certificate, or one of those that it depends on, is not valid any more.
    case expired(Timestamp)
    /// The certificate, or one of those that it depends on, is not valid yet.
    case notYetValid(Timestamp)
    /// The certificate is for another name than was asked.
    case wrongName
    /// The port answers plain HTTP or another protocol.
    case notTLS
    /// The server wants a certificate of the caller.
    case wantsCertificate
    /// The server knows no site of that name.
    case unknownName
    /// The two sides share no version or cipher.
    case noSharedVersion
    /// Anything else: the library's word for it.
    case other(String)

    /// Reads the library's error text; its word stands behind `OPENSSL_internal:`, before a place in its source.
    init(of text: String) {
        let word = text.split(separator: "OPENSSL_internal:", maxSplits: 1).dropFirst().first.map { rest in
            String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
        switch word {
        case "CERTIFICATE_VERIFY_FAILED"?: self = .untrusted
        case "WRONG_VERSION_NUMBER"?, "HTTP_REQUEST"?, "HTTPS_PROXY_REQUEST"?, "UNEXPECTED_RECORD"?:
            self = .notTLS
        case let word? where word.contains("ALERT_UNRECOGNIZED_NAME") || word == "TLSV1_UNRECOGNIZED_NAME":
            self = .unknownName
        case let word? where word.contains("PROTOCOL_VERSION") || word.contains("UNSUPPORTED_PROTOCOL"):
            self = .noSharedVersion
        // TLS 1.3 has an alert of its own for it; before, servers send one of these two.
        case let word?
        where word.contains("CERTIFICATE_REQUIRED") || word.contains("ALERT_HANDSHAKE_FAILURE")
            || word.contains("ALERT_BAD_CERTIFICATE"):
            self = .wantsCertificate
        case let word?: self = .other(word.lowercased().split(separator: "_").joined(separator: " "))
        case nil: self = .other("the connection ended during the handshake")
        }
    }

    /// Judges the times of certificates that were not accepted, the server's own first.
    init(ofValidities validities: [ClosedRange<Timestamp>], at now: Timestamp) {
        if let ended = validities.first(where: { $0.upperBound < now }) {
            self = .expired(ended.upperBound)
        } else if let coming = validities.first(where: { now < $0.lowerBound }) {
            self = .notYetValid(coming.lowerBound)
        } else {
            self = validities.isEmpty ? .untrusted : .unknownAuthority
        }
    }

    var description: String {
        switch self {
        case .untrusted:
            "the certificate is not accepted: its authority is not known here, or its time is over (--ca-file, --insecure)"
        case .unknownAuthority:
            "the certificate is not accepted: its authority is not known here (--ca-file, --insecure)"
        case .expired(let moment):
            "the certificate is not accepted: it expired at \(moment.rfc3339), unless this machine's clock is wrong; "
                + "renew it"
        case .notYetValid(let moment):
            "the certificate is not accepted: it is not valid before \(moment.rfc3339), unless this machine's clock "
                + "is wrong"
        case .wrongName: "the certificate is for another name; use the name that it is for, or --insecure"
        case .notTLS: "the port does not speak TLS; write http:// instead of https://"
        case .wantsCertificate: "the server requires a client certificate"
        case .unknownName: "the server has no site of that name (TLS server name)"
        case .noSharedVersion:
            "the server and this client share no version of TLS; this client requires 1.2 or later"
        case .other(let word): "the TLS handshake failed: \(word)"
        }
    }
}
