@testable import ConsoleClient
import Testing
import WireProtocol

@Suite struct ServerDateTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
            ("Thu, 31 Dec 2026 23:59:59 GMT", "2026-12-31T23:59:59.000Z"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
            ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, String?)])
    func theFixedFormIsRead(_ text: String, _ moment: String?) {
        #expect(ServerDate.parse(text)?.rfc3339 == moment)
    }

    @Test(arguments: [("Date: Fri, 01 Jan 2100 00:00:00 GMT\r\n", true), ("", false)])
    func aClockThatIsAheadIsSeen(_ headers: String, _ isAhead: Bool) async throws {
        let skew = try await FakeServer.serving { _ in
            .whole("{}", headers: headers)
        } _: { server in
            await ServerDate.skew(of: try BackendTarget(server.origin), ClientOptions())
        }
        #expect(skew.map { $0 > .seconds(86_400) } == (isAhead ? true : nil))
    }
}
