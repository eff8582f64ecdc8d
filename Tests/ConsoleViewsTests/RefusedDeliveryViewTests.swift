import ConsoleModel
import ConsoleViews
import Screen
import Testing
import WireProtocol

/// What was sent and not accepted is said in every view that is empty because of it.
@Suite struct RefusedDeliveryViewTests {
    private static let failure = "HTTP 404; OTLP is received at another path; set it right"

    private func text(of view: ViewID, part: Coverage.Part, failure: String? = failure) -> String {
        var store = Store(ConsoleState(now: IncidentStory.moment(0)))
        let outcome = ReadOutcome(part, "POST /", failure: failure)
        for action: Action in [
            .resize(width: 80, height: 24), .addBackend(IncidentStory.backend, url: "otlp://h:4318"),
            .received(
                IncidentStory.backend, .dialect(name: "otlp", coverage: .whole), at: IncidentStory.moment(1)),
            .received(IncidentStory.backend, .read(outcome), at: IncidentStory.moment(1)), .show(view),
            .tick(IncidentStory.moment(2)),
        ] { _ = store.send(action) }
        return render(store.state, width: 80, height: 24).lines
            .flatMap { $0.split(separator: " ") }.joined(separator: " ")
    }

    @Test(arguments: [
        (ViewID.sessions, Coverage.Part.events), (.sessions, .runs), (.events, .events), (.events, .runs),
    ]) func anEmptyViewSaysWhatWasRefusedAndWhatToDo(_ view: ViewID, _ part: Coverage.Part) {
        #expect(text(of: view, part: part).contains("Not read: POST /: \(Self.failure)."))
    }

    @Test(arguments: [ViewID.pulse, .findings]) func itIsAFinding(_ view: ViewID) {
        let drawn = text(of: view, part: .events)
        #expect(drawn.contains("not-readable"))
        #expect(drawn.contains("POST /"))
    }

    @Test(arguments: [ViewID.sessions, .events, .findings])
    func nothingIsSaidOfAnAddressThatIsAcceptedAgain(_ view: ViewID) {
        #expect(!text(of: view, part: .events, failure: nil).contains("POST /"))
    }
}
