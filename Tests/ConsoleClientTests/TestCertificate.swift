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

    private static let keyOfOtherTimes = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu7jZZaN8UpfMJZ0Z
        uFDwXXqTmgpydbqY6tiPLVqRpIahRANCAATxqAgVKAIjESrt6B+BqThMHZm+cCIf
        oD8WLo1KchV+AJXl0LpM8KOGUF9skJBDLYtq9SUomUYbVIuFczdJgEqJ
        -----END PRIVATE KEY-----
        """

    /// Valid in 2020 only.
    static let past = """
        -----BEGIN CERTIFICATE-----
        MIIBXDCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAls
        b2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATxqAgVKAIjESrt6B+B
        qThMHZm+cCIfoD8WLo1KchV+AJXl0LpM8KOGUF9skJBDLYtq9SUomUYbVIuFczdJ
        gEqJo0UwQzAUBgNVHREEDTALgglsb2NhbGhvc3QwDAYDVR0TBAUwAwEB/zAdBgNV
        HQ4EFgQUa9sZp/WpZ5nXX/n7os1ginyBb2YwCgYIKoZIzj0EAwIDSAAwRQIgEmfR
        n6C7qY+sEAYkiz1uYrJLfacuFSZMpvFALrM6CF4CIQCweHzTb/TsJHN1Hv73uN6M
        6yozGOcdLfsh1wohLOIvQw==
        -----END CERTIFICATE-----
        """

    /// Valid from 2090 on.
    static let future = """
        -----BEGIN CERTIFICATE-----
        MIIBYTCCAQagAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIhgPMjA5MDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowFDESMBAGA1UE
        AwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8agIFSgCIxEq
        7egfgak4TB2ZvnAiH6A/Fi6NSnIVfgCV5dC6TPCjhlBfbJCQQy2LavUlKJlGG1SL
        hXM3SYBKiaNFMEMwFAYDVR0RBA0wC4IJbG9jYWxob3N0MAwGA1UdEwQFMAMBAf8w
        HQYDVR0OBBYEFGvbGaf1qWeZ11/5+6LNYIp8gW9mMAoGCCqGSM49BAMCA0kAMEYC
        IQDXeImx5EGvmbPvsJGoCujairZ1xEA9V02uAW5V4RmXzQIhAPFZvzhhj6aMvJwK
        vrJhtSB0EwEG1Ljuh087b+ORnIjw
        -----END CERTIFICATE-----
        """

    /// What a server with one of those certificates speaks, with HTTP/2 agreed on.
    static func serverContext(ofOtherTimes certificate: String) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [
                .certificate(try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem))
            ],
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(keyOfOtherTimes.utf8), format: .pem)))
        tls.applicationProtocols = ["h2"]
        return try NIOSSLContext(configuration: tls)
    }

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
