import Dialects
import WireProtocol

extension BackendReader {
    /// What one round of asking for health gave.
    struct HealthRound {
        var messages: [Message] = []
        /// Where snapshot and events are, when the backend speaks our wire.
        var monitorRoot: String?
        /// The dialect that was recognised; nil when nothing answered.
        var dialect: Dialect?
        /// The path that it is mounted at; empty at the root.
        var base = ""
        /// The probes that were a success.
        var answeredProbes: Set<String> = []
        /// Whether the dialects' probes were not asked because health was not well.
        var isToBeProbed = false
        /// Whether there was any HTTP answer.
        var wasAnswered = false
        /// Why there was none.
        var failure: String?
        /// The URL that answered; nil when nothing is there, and all are to be asked again.
        var url: String?

        /// The addresses that were guessed on the way, and their answers.
        var guessed: [Guess] = []
        /// Readiness routes that the backend's API document names.
        var knownRoutes: [HealthRoute] = []

        /// How long the endpoint is to be left alone, where its dialect says so.
        var pause: Duration?

        /// Takes what the search for the dialect found.
        mutating func take(_ finding: DialectSearch.Finding) {
            dialect = finding.dialect
            isToBeProbed = finding.isToBeProbed
            answeredProbes = finding.answeredProbes
            knownRoutes = finding.knownRoutes
        }

        /// Whether the answer is a success.
        var isWell: Bool {
            messages.contains { message in
                if case .health(let record, _) = message { record.httpStatus ?? 500 < 400 } else { false }
            }
        }
    }

    /// An address that was guessed, and what it answered.
    struct Guess {
        let request: DialectRequest
        let url: String
        let document: HealthAnswerDocument
        let latency: Duration
        let at: Timestamp

        /// The same as a reader takes it.
        var answer: DialectAnswer { .document(request, document, took: latency) }
    }
}
