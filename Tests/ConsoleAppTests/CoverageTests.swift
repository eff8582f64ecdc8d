import ConsoleModel
import ConsoleViews
import Dialects
import Screen
import Testing
import WireProtocol

@testable import ConsoleApp

/// What each dialect can see is said by the doctor and in the Health view, and so is what would show the rest.
@Suite struct CoverageTests {
    private static let names = Dialect.all.map(\.name)

    /// A console that has connected to a backend of that dialect, on the Health view.
    private func state(_ dialect: Dialect) -> ConsoleState {
        let (key, now) = (BackendKey(0), Timestamp(milliseconds: 1_795_441_400_000))
        var store = Store(ConsoleState(now: now))
        for action: Action in [
            .resize(width: 200, height: 100), .addBackend(key, url: "http://127.0.0.1:1"),
            .received(
                key, .dialect(name: dialect.name, coverage: dialect.coverage.exposed(on: .other)), at: now),
            .received(key, .health(HealthRecord(.pass), body: []), at: now),
            .received(key, .link(.connected, reason: nil, retryIn: nil), at: now), .show(.health), .tick(now),
        ] { _ = store.send(action) }
        return store.state
    }

    @Test(arguments: names) func theDoctorTellsEveryPart(_ name: String) throws {
        let dialect = try #require(Dialect.all.first { $0.name == name })
        let backend = try #require(state(dialect).backends.first)
        let section = TargetDiagnosis.section(backend, hasToken: false, skew: nil)
        let text = DoctorReport([section], isUnreachable: false).text
        #expect(text.contains("\(name): \(dialect.coverage.summary)"))
        for line in dialect.coverage.notObservable + dialect.coverage.notes {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test(arguments: names) func theHealthViewTellsEveryPart(_ name: String) throws {
        let dialect = try #require(Dialect.all.first { $0.name == name })
        let lines = render(state(dialect), width: 200, height: 100).lines
        for part in Coverage.Part.allCases {
            let mark = dialect.coverage.sees(part) ? "✓" : "✗"
            #expect(lines.contains { $0.contains("\(mark) \(part.rawValue)") }, "\(part)")
        }
        let text = lines.joined(separator: " ")
        for part in Coverage.Part.allCases where !dialect.coverage.sees(part) {
            #expect(text.contains("not observable: \(part.rawValue):"), "\(part)")
        }
    }
}
