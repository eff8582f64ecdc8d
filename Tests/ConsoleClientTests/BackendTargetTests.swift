import Testing

@testable import ConsoleClient

@Suite struct BackendTargetTests {
    @Test(arguments: [
        ("http://host", "http://host:80", "", false), ("http://host/", "http://host:80", "/", false),
        ("HTTPS://Host:8443/Base/health", "https://host:8443", "/Base/health", true),
        ("http://[::1]:8700/health", "http://[::1]:8700", "/health", true),
        ("http://[::1]", "http://[::1]:80", "", false),
        ("http://h:1/readyz?verbose#x", "http://h:1", "/readyz?verbose", true),
    ]) func readsAURL(_ text: String, _ origin: String, _ path: String, _ namesPath: Bool) throws {
        let target = try BackendTarget(text)
        #expect(target.origin == origin)
        #expect(target.path == path)
        #expect(target.namesPath == namesPath)
        #expect(target.url == origin + path)
    }

    @Test(arguments: [
        ("host:80", TargetError.noScheme("host:80")), ("", .noScheme("")), ("ftp://h", .unknownScheme("ftp")),
        ("http://", .badHost("")), ("http://:80", .badHost(":80")), ("http://a b/", .badHost("a b")),
        ("http://h:0", .badPort("0")), ("http://h:65536", .badPort("65536")), ("http://h:x", .badPort("x")),
        ("http://h:1:2", .badHost("h:1:2")), ("http://[::1", .badHost("[::1")),
        ("http://[::1]8", .badHost("[::1]8")),
        ("http://me:secret@h/", .credentials), ("http://h/a b", .badPath("/a b")),
        ("http://h/ü", .badPath("/ü")),
        ("http://h/\u{1B}[2J", .badPath("/\u{1B}[2J")),
    ]) func refusesWhatIsNoTarget(_ text: String, _ expected: TargetError) {
        #expect(throws: expected) { try BackendTarget(text) }
        #expect(!expected.description.isEmpty)
    }

    @Test(arguments: [
        ("http://h:1/health", "/monitor/v1", "http://h:1/monitor/v1"),
        ("http://h:1", "/monitor/v1", "http://h:1/monitor/v1"),
        ("http://h:1/base/health", "/monitor/v1", "http://h:1/base/monitor/v1"),
        ("http://h:1/base/health?x=/y/", "/monitor/v1", "http://h:1/base/monitor/v1"),
        ("http://h:1/base/health", "/base/monitor/v1", "http://h:1/base/monitor/v1"),
        ("http://h:1/health", "http://H:1/monitor/v1", "http://h:1/monitor/v1"),
        ("http://h:80/health", "http://h/monitor/v1", "http://h:80/monitor/v1"),
        ("http://h:1/health", "http://h:2/monitor/v1", nil),
        ("http://h:1/health", "https://h:1/monitor/v1", nil),
        ("http://h:1/health", "http://evil/monitor/v1", nil), ("http://h:1/health", "//evil/monitor/v1", nil),
        ("http://h:1/health", "http://h:1@evil/", nil), ("http://h:1/health", "monitor/v1", nil),
        ("http://h:1/health", "file:///etc/passwd", nil), ("http://h:1/health", "", nil),
    ]) func followsALinkWithinItsOriginOnly(_ url: String, _ link: String, _ expected: String?) throws {
        #expect(try BackendTarget(url).resolve(link) == expected)
    }
}

@Suite struct BackoffTests {
    @Test func doublesItsCeilingUpToThirtySeconds() {
        var backoff = Backoff()
        let waits = (0..<9).map { _ in backoff.next(1) }
        #expect(waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    }

    @Test(arguments: [
        (0.0, Duration.milliseconds(100)), (0.1, .milliseconds(100)), (0.5, .milliseconds(250)),
        (1, .milliseconds(500)),
    ])
    func takesAnyPartOfTheCeilingButNeverNone(_ fraction: Double, _ expected: Duration) {
        var backoff = Backoff()
        #expect(backoff.next(fraction) == expected)
    }

    @Test(arguments: [-1.0, 2, .infinity]) func staysWithinItsBoundsWhateverTheRandomNumber(
        _ fraction: Double
    ) {
        var backoff = Backoff()
        #expect((Backoff.minimum...Backoff.initial).contains(backoff.next(fraction)))
    }

    @Test func beginsAnewAfterSuccess() {
        var backoff = Backoff()
        for _ in 0..<100 { _ = backoff.next(1) }
        backoff.reset()
        #expect(backoff == Backoff())
        #expect(backoff.next(1) == Backoff.initial)
    }
}

@Suite struct ClientOptionsTests {
    @Test(arguments: [
        ("s3cret ada read,act\n", "s3cret"),
        ("# operators\r\n\r\ns3cret ada read\r\nother bob read\r\n", "s3cret"),
        ("   s3cret\tada read", "s3cret"),
    ]) func sendsTheFirstTokenOfAFile(_ text: String, _ token: String) {
        var options = ClientOptions()
        let isRead = options.useToken(ofFile: text)
        #expect(isRead)
        #expect(options.token == token)
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n"]) func saysWhenAFileHasNoToken(_ text: String) {
        var options = ClientOptions()
        let isRead = options.useToken(ofFile: text)
        #expect(!isRead)
        #expect(options.token == nil)
    }

    @Test func readsHeaderFiles() {
        var options = ClientOptions()
        let isRead = options.addHeaders(
            ofFile: "# for the ingress\r\nX-Tenant: blue \r\n \r\nX-Link: a:b\r\n")
        #expect(isRead)
        #expect(options.headers.map(\.name) == ["X-Tenant", "X-Link"])
        #expect(options.headers.map(\.value) == ["blue", "a:b"])
    }

    @Test(arguments: ["X-Tenant", "X Tenant: blue", ": blue", "GET / HTTP/1.1\nHost: x"])
    func refusesALineThatIsNoField(_ text: String) {
        var options = ClientOptions()
        let isRead = options.addHeaders(ofFile: text)
        #expect(!isRead)
    }
}
