import ConsoleModel
import ConsoleViews
import Screen
import Testing
import WireProtocol

/// Where a pattern cannot be seen, the console says how it would be.
@Suite struct ExposingViewTests {
    private static let lines = ["from there import This", "exposer = This(app)"]

    private func lines(of view: ViewID, width: Int, exposing: [String] = lines) -> [String] {
        var coverage = Coverage(missing: [.patterns: "a health endpoint does not say it"])
        coverage.exposingLines = exposing
        var store = Store(ConsoleState(now: IncidentStory.moment(0)))
        for action: Action in [
            .resize(width: width, height: 24), .addBackend(IncidentStory.backend, url: "http://prod:8700"),
            .received(
                IncidentStory.backend, .dialect(name: "health", coverage: coverage),
                at: IncidentStory.moment(1)),
            .received(
                IncidentStory.backend, .health(HealthRecord(.pass), body: []), at: IncidentStory.moment(1)),
            .show(view), .tick(IncidentStory.moment(2)),
        ] { _ = store.send(action) }
        return render(store.state, width: width, height: 24).lines
    }

    @Test(arguments: [(ViewID.pulse, 80), (.paths, 80), (.health, 120)])
    func theViewsPrintTheLinesThatWouldExposeIt(_ view: ViewID, _ width: Int) {
        let drawn = lines(of: view, width: width)
        for line in Self.lines { #expect(drawn.contains { $0.contains(line) }, "\(view): no \(line)") }
    }

    @Test(arguments: [ViewID.pulse, .paths, .health]) func theyPrintNothingWhereThereIsNothingToSay(
        _ view: ViewID
    ) {
        #expect(!lines(of: view, width: 120, exposing: []).contains { $0.contains("would expose") })
    }
}
