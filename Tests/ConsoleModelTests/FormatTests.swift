import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct FormatTests {
    @Test(
        arguments: [
            (200, "ok", "HTTP 200, ok"), (503, "HTTP 503: gone", "HTTP 503: gone"), (200, nil, "HTTP 200"),
            (200, "/readyz: HTTP 503", "HTTP 200, /readyz: HTTP 503"), (nil, "refused", "refused"),
            (nil, nil, nil),
        ] as [(Int?, String?, String?)])
    func theCodeOfAHealthAnswerIsSaidOnce(_ code: Int?, _ reason: String?, _ text: String?) {
        var record = HealthRecord(.pass)
        (record.httpStatus, record.reason) = (code, reason)
        #expect(record.evidenceText == text)
    }

    @Test(
        arguments: [
            (nil, "·"), (.seconds(-5), "0s"), (.zero, "0s"), (.milliseconds(999), "0s"), (.seconds(9), "9s"),
            (.milliseconds(9999), "9s"), (.seconds(10), "10s"), (.seconds(19), "10s"), (.seconds(48), "40s"),
            (.seconds(59), "50s"), (.seconds(60), "1m"), (.seconds(3599), "59m"), (.seconds(3600), "1h"),
            (.seconds(86_399), "23h"), (.seconds(86_400), "1d00h"), (.seconds(273_600), "3d04h"),
        ] as [(Duration?, String)])
    func agesChangeSlowly(duration: Duration?, text: String) {
        #expect(AgeText.age(duration) == text)
    }

    @Test(
        arguments: [
            (nil, "·"), (.milliseconds(49), "0.0s"), (.milliseconds(4160), "4.1s"),
            (.milliseconds(9999), "9.9s"),
            (.seconds(10), "10s"), (.seconds(57), "57s"), (.seconds(65), "1m05s"), (.seconds(7200), "2h"),
        ] as [(Duration?, String)])
    func whatTookTimeSaysHowMuch(duration: Duration?, text: String) {
        #expect(AgeText.took(duration) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (41_210, "41,210"), (-1_234_567, "-1,234,567"),
    ])
    func thousandsAreGrouped(number: Int, text: String) {
        #expect(CountText.grouped(number) == text)
    }

    @Test(arguments: [("", ""), ("short", "short"), ("01935b2c-7f3a-7abc-8def-000000c07d12", "…c07d12")])
    func idsShowTheirTail(id: String, text: String) {
        #expect(IDText.tail(id) == text)
    }

    @Test func skewHasItsSign() {
        #expect(AgeText.signed(.milliseconds(100)) == "+0.1s")
        #expect(AgeText.signed(.milliseconds(-2000)) == "-2.0s")
        #expect(AgeText.signed(.milliseconds(-4)) == "0.0s")
        #expect(AgeText.signed(nil) == "·")
    }

    @Test func aRunOfNothingObservableShowsQuestions() {
        var ledger = EventLedger([.agentStarted, .agentError])
        #expect(ledger.text == "●○○○✕")
        ledger.isObservable = false
        #expect(ledger.text == "?????")
    }
}
