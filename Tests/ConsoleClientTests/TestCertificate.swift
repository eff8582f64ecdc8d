import NIOSSL

/// A certificate for `localhost` that nobody has signed but itself, made for these tests.
enum TestCertificate {
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnyx/rUJlprQvF6Wv
        SE5CoPP8Lw2m813oQrKhSAwRP4WhRANCAATJRaMSnt/MSdFKdWCBSTpHXR2g/utr
        kA3FSxSEgWdpDffdqwf9J5D76FHD8VnxwceGZaHmobx/Cqj0vcz3Kf1j
        -----END PRIVATE KEY-----
        """

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIULz7gmL7RCYiHdfMTyK+7RGHqDacwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA0MDUwNVoYDzIxMjYxMTAy
        MDQwNTA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAATJRaMSnt/MSdFKdWCBSTpHXR2g/utrkA3FSxSEgWdpDffdqwf9J5D7
        6FHD8VnxwceGZaHmobx/Cqj0vcz3Kf1jo2kwZzAdBgNVHQ4EFgQUziI71zhawOJx
        qE8AduDzFaGIu48wHwYDVR0jBBgwFoAUziI71zhawOJxqE8AduDzFaGIu48wDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIhAOvZ2OqLMqnU2A0K5eJXjRtTn0JM+mbhchhbpn3yXZ0ZAiBr8hH7afRR
        n37ZoAjgJcEYZ13i5Ew0ptLW4bAuuvXsHA==
        -----END CERTIFICATE-----
        """

    /// What a server with this certificate speaks, with HTTP/2 agreed on.
    static func serverContext(maximum: TLSVersion? = nil) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [
                .certificate(try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem))
            ],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        tls.applicationProtocols = ["h2"]
        tls.minimumTLSVersion = .tlsv1
        tls.maximumTLSVersion = maximum
        return try NIOSSLContext(configuration: tls)
    }
}
