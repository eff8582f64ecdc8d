import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// Secrets that a backend sends are nowhere in what the state gives away.
@Suite struct RedactedStateTests {
    private let secret = "hunter2hunter2"

    private func story() -> Story {
        var story = Story()
        story.custom(
            .creation, ["path": "http", "status": "error", "error": "no db: password=hunter2hunter2"])
        story.event(.runStarted, "r-1")
        story.event(.textMessageContent, "r-1", ["delta": "api_key=hunter2hunter2"])
        story.event(.runError, "r-1", ["message": "Authorization: Bearer hunter2hunter2"])
        story.receive(
            .health(HealthRecord(.fail), body: Array(#"{"status":"down","token":"hunter2hunter2"}"#.utf8)))
        story.receive(.link(.lost, reason: "GET /?token=hunter2hunter2 failed", retryIn: nil))
        return story
    }

    @Test func noRowDocumentOrCopyHoldsIt() {
        let state = story().state
        let document = state.snapshotDocument(takenAt: state.now).json.text
        #expect(!document.contains(secret))
        #expect(document.contains("password=[redacted]"))
        for number in state.events.numbers {
            let row = state.eventRow(number)
            #expect(row.map { !String(decoding: $0.line, as: UTF8.self).contains(secret) } == true)
            #expect(row?.detail.contains(secret) == false)
        }
        for finding in state.findings {
            #expect(!"\(finding)".contains(secret), "\(finding.rule)")
        }
        #expect(!"\(state.backends[0].link)".contains(secret))
        #expect(!String(decoding: state.backends[0].health.body, as: UTF8.self).contains(secret))
    }

    @Test func whatIsCopiedOfAnEventIsRedacted() {
        var story = story()
        _ = story.store.send(.show(.events))
        var copies: [String] = []
        for _ in 0..<6 {
            for case .copy(let text) in story.store.send(.copy) { copies.append(text) }
            _ = story.store.send(.moveSelection(by: -1))
        }
        #expect(copies.contains { $0.contains("[redacted]") })
        #expect(copies.allSatisfy { !$0.contains(secret) })
    }

    @Test func askedForEverythingNothingIsLeftOut() {
        var store = Store(ConsoleState(now: Timestamp(milliseconds: 0), redaction: .none))
        let key = BackendKey(0)
        _ = store.send(.addBackend(key, url: "http://h"))
        _ = store.send(
            .received(
                key, .link(.lost, reason: "token=\(secret)", retryIn: nil), at: Timestamp(milliseconds: 1)))
        #expect(store.state.backends[0].link.reason == "token=\(secret)")
    }
}
