import Dialects
import WireProtocol

@testable import ConsoleClient

extension ClientOptions {
    /// Options with which a test waits for nothing long.
    static var quick: ClientOptions {
        var options = ClientOptions()
        options.timeout = .milliseconds(300)
        return options
    }

    /// Options for answers that take a while on a busy machine.
    static var patient: ClientOptions {
        var options = ClientOptions()
        options.timeout = .seconds(30)
        options.greetingPatience = .seconds(30)
        return options
    }

    /// Options of a link whose health is asked all the time, and its snapshot once.
    static var live: ClientOptions {
        var options = ClientOptions()
        options.timeout = .seconds(20)
        options.healthInterval = .milliseconds(20)
        return options
    }
}

extension FakeServer {
    /// Asks a scripted server once at `path`.
    static func readOnce(
        _ path: String = "/health", options: ClientOptions = .patient, dialect: Dialect? = nil,
        _ script: @escaping Script
    ) async throws -> (messages: [Message], requests: [FakeRequest]) {
        try await serving(script) { server in
            let target = try BackendTarget(server.origin + path)
            return (await BackendReader.readOnce(target, options, dialect: dialect), server.history)
        }
    }
}

extension FakeAnswer {
    /// A health document of our own wire.
    static let native = FakeAnswer.whole(
        "{\"status\":\"pass\",\"links\":{\"monitor\":\"/monitor/v1\"}}", type: "application/health+json")

    /// A snapshot document.
    static let snapshotBody = snapshotBody(boot: "b1", lastEventID: "b1-7")

    /// A snapshot document of that start.
    static func snapshotBody(boot: String, lastEventID: String) -> String {
        """
        {"name":"fake","instance":"i1","bootId":"\(boot)","lastEventId":"\(lastEventID)","paths":[],"sessions":[]}
        """
    }
}

extension [Message] {
    /// The first health record.
    var health: HealthRecord? { healths.first }

    /// All health records.
    var healths: [HealthRecord] { compactMap { if case .health(let record, _) = $0 { record } else { nil } } }

    /// All snapshots.
    var snapshots: [BackendSnapshot] {
        compactMap { if case .snapshot(let snapshot) = $0 { snapshot } else { nil } }
    }

    /// What was announced and read, or could not be.
    var outcomes: [ReadOutcome] {
        compactMap { if case .read(let outcome) = $0 { outcome } else { nil } }
    }

    /// How the link stands at the end.
    var lastLink: Message? { last { if case .link = $0 { true } else { false } } }

    /// The states of the link, one after the other, repeats left out.
    var linkStates: [LinkState] {
        reduce(into: []) { states, message in
            if case .link(let state, _, _) = message, states.last != state { states.append(state) }
        }
    }

    /// Why something was refused.
    func refusals(_ what: String) -> [String] {
        compactMap { if case .refused(what, let reason) = $0 { reason } else { nil } }
    }

    /// The lines of all events.
    var eventLines: [String] {
        flatMap { message -> [String] in
            guard case .events(let batch) = message else { return [] }
            return batch.events.map { batch.string($0.line) }
        }
    }

    /// The lines that were no events.
    var refusedLines: Int {
        reduce(0) { if case .events(let batch) = $1 { $0 + batch.refused.count } else { $0 } }
    }
}
