import ConsoleApp
import Testing
import WireProtocol

@Suite struct ReceiverVoiceTests {
    private let failure = ReadOutcome(.events, "POST /", failure: "HTTP 404; set it")

    @Test func aFailureIsPrintedOnceUntilItEnds() {
        var voice = ReceiverVoice()
        #expect(voice.lines(about: .read(failure)) == ["ctxtop: POST /: HTTP 404; set it"])
        let counted = Message.refused(what: "POST /", reason: "HTTP 404; set it")
        #expect(voice.lines(about: counted).isEmpty)
        #expect(voice.lines(about: .read(failure)).isEmpty)
        let repaired = Message.read(ReadOutcome(.events, "POST /", failure: nil))
        #expect(voice.lines(about: repaired) == ["ctxtop: POST /: resolved"])
        #expect(voice.lines(about: repaired).isEmpty)
        #expect(voice.lines(about: .read(failure)) == ["ctxtop: POST /: HTTP 404; set it"])
    }

    @Test func anythingElseThatIsRefusedIsPrintedEachTime() {
        var voice = ReceiverVoice()
        let refused = Message.refused(what: "run r-1", reason: "cut\u{1B}[2J")
        #expect(voice.lines(about: refused) == ["ctxtop: run r-1: cut\u{FFFD}[2J"])
        #expect(voice.lines(about: refused).count == 1)
    }

    @Test func linesThatAreNotEventsArePrintedWithTheirNumber() {
        var voice = ReceiverVoice()
        let batch = EventBatch(lines: Array("{}\n{}\n{\"type\":\"RAW\"}".utf8))
        #expect(
            voice.lines(about: .events(batch)) == ["ctxtop: 2 events refused: not an event: it has no type"])
        #expect(voice.lines(about: .events(EventBatch(lines: Array("{\"type\":\"RAW\"}".utf8)))).isEmpty)
    }

    @Test func onlyLaterNotesArePrinted() {
        var voice = ReceiverVoice()
        #expect(voice.lines(about: .dialect(name: "otlp", coverage: Coverage(notes: ["a"]))).isEmpty)
        let later = Message.dialect(name: "otlp", coverage: Coverage(notes: ["new", "a"]))
        #expect(voice.lines(about: later) == ["ctxtop: new"])
    }
}
