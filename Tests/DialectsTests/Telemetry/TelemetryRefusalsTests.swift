import Testing
import WireProtocol

@testable import Dialects

@Suite struct TelemetryRefusalsTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func delivery(_ address: String = "POST /", from host: String = "127.0.0.1") -> RefusedDelivery {
        RefusedDelivery(address: address, host: host, failure: "HTTP 404; set it")
    }

    private let repaired = Message.read(ReadOutcome(.events, "POST /", failure: nil))

    @Test func aRefusalIsAnAddressAndACount() {
        var refusals = TelemetryRefusals()
        #expect(
            refusals.refuse(delivery(), at: start) == [
                .read(ReadOutcome(.events, "POST /", failure: "HTTP 404; set it")),
                .refused(what: "POST /", reason: "HTTP 404; set it"),
            ])
    }

    @Test(arguments: [("127.0.0.1", 9_999, false), ("127.0.0.1", 10_000, true), ("10.0.0.7", 10_000, false)])
    func anAddressIsRepairedOnceItsHostDeliversAndItStaysQuiet(_ host: String, _ quiet: Int, _ isOver: Bool) {
        var refusals = TelemetryRefusals()
        _ = refusals.refuse(delivery(), at: start)
        refusals.accept(from: host)
        #expect(refusals.settle(at: start + .milliseconds(quiet)) == (isOver ? [repaired] : []))
    }

    @Test func anExporterThatSendsSeldomIsWaitedFor() {
        var refusals = TelemetryRefusals()
        _ = refusals.refuse(delivery(), at: start)
        let second = start + .seconds(60)
        _ = refusals.refuse(delivery(), at: second)
        refusals.accept(from: "127.0.0.1")
        #expect(refusals.settle(at: second + .seconds(119)).isEmpty)
        #expect(refusals.settle(at: second + .seconds(120)) == [repaired])
    }

    @Test func aDeliveryBeforeTheLastRefusalRepairsNothing() {
        var refusals = TelemetryRefusals()
        _ = refusals.refuse(delivery(), at: start)
        refusals.accept(from: "127.0.0.1")
        _ = refusals.refuse(delivery(), at: start + .seconds(1))
        #expect(refusals.settle(at: start + .seconds(600)).isEmpty)
    }

    @Test(arguments: [(1_799, false), (1_800, true)])
    func aSenderThatIsSilentForHalfAnHourIsGone(_ seconds: Int, _ isOver: Bool) {
        var refusals = TelemetryRefusals()
        _ = refusals.refuse(delivery(), at: start)
        #expect(refusals.settle(at: start + .seconds(seconds)).isEmpty == !isOver)
    }

    @Test func furtherAddressesAreCountedOnly() {
        var refusals = TelemetryRefusals()
        for number in 0..<64 { _ = refusals.refuse(delivery("POST /\(number)"), at: start) }
        #expect(refusals.refuse(delivery("POST /64"), at: start).count == 1)
        #expect((refusals.open.count, refusals.total) == (64, 65))
    }

    @Test func healthSaysWhatCameAndWhatDidNot() {
        var reader = TelemetryReader()
        func reason(at seconds: Int) -> String? {
            reader.tell(at: start + .seconds(seconds)).compactMap {
                if case .health(let record, _) = $0 { record.reason } else { nil }
            }.last
        }
        #expect(reason(at: 0) == "nothing was sent yet")
        _ = reader.refuse(delivery(), at: start)
        #expect(reason(at: 1) == "nothing accepted; 1 refused, the last POST /: HTTP 404; set it")
        _ = reader.take(TelemetryBatch(), at: start + .seconds(2))
        #expect(reason(at: 2) == "1 refused, the last POST /: HTTP 404; set it")
        _ = reader.accept(from: "127.0.0.1", notice: nil)
        #expect(reason(at: 30) == "what was sent is empty: no span, log record or measurement")
        _ = reader.accept(from: "127.0.0.1", notice: "change it")
        #expect(reason(at: 31) == "change it")
    }

    @Test func aNoticeIsToldOnce() {
        var reader = TelemetryReader()
        #expect(reader.accept(from: "h", notice: "change it").count == 1)
        #expect(reader.accept(from: "h", notice: "change it").isEmpty)
    }

    @Test(arguments: [
        ("/v1/traces", TelemetrySignal.traces), ("/v1/traces/v1/metrics", .metrics), ("/x/v1/logs//", .logs),
        ("/v2/traces", .traces), ("/api/v2/traces/", .traces), ("/v2/logs", nil), ("/v2/metrics", nil),
        ("/", nil), ("", nil), ("/v1/trace", nil), ("/v1/traces/x", nil), ("v1/traces", nil),
    ]) func theSignalIsWhatAPathEndsIn(_ path: String, _ signal: TelemetrySignal?) {
        #expect(TelemetrySignal(endOf: path) == signal)
    }
}
