/// One observability SDK, agent library or convention: which of its attributes means what.
///
/// Adding one is a file in this folder, its line in ``all``, a test, and a row in docs/telemetry-sdks.md
/// (`RECORD_DOCS=1 swift test --filter TelemetrySDKTests` writes it).
struct TelemetrySDK: Sendable {
    /// What an attribute is about.
    enum Field: Int, CaseIterable, Sendable {
        case kind, session, user
        /// The name of the agent or tool that the span is of, whichever it is.
        case name
        case agent, tool, callID, arguments
        case model, provider, input, output, cached, reasoning, cost
        case errorType, errorMessage
        /// A level of logging; `ERROR`, or 17 and above, is a failure.
        case level
        /// True where the work failed although the status does not say so.
        case isFailed
        /// Set where the work was cancelled.
        case cancellation
        /// `pending_span` of a span that has begun.
        case pending
        /// The parent of the span that has begun.
        case pendingParent
        /// An object with counts of tokens.
        case usageObject
        /// An object with costs in US dollars.
        case costObject
        /// An object of the program's own, in which session, user and model are looked for.
        case metadata
        /// An object with the kind as `type` and the name as `name`.
        case spanObject
    }

    /// The name of its package or convention.
    let name: String
    /// The version whose names these are.
    let version: String
    /// Where a reader can check them: a page, or a file of the package at that version.
    let source: String
    /// How its own attributes begin. They recognise it, as its scopes do.
    var prefixes: [String] = []
    /// How the names of its instrumentation scopes begin.
    var scopes: [String] = []
    /// The words of its kinds, in lower case.
    var kinds: [String: SpanMeaning.Kind] = [:]
    /// Names of spans that show a kind, with `*` at one end for any rest; the rest of `invoke_agent *` is a name.
    var spanNames: [(pattern: String, kind: SpanMeaning.Kind)] = []
    /// Whether each attribute is a JSON text, so that a text comes in quotes.
    var isJSON = false
    /// The attributes of each field, the first counts. One without a dot counts only where the SDK is recognised.
    var names: [Field: [String]] = [:]

    /// All of them. Where two know something of one span, the first is believed: SDKs come before the
    /// libraries that they observe, and conventions last. An attribute that a convention shares keeps the
    /// convention's place.
    static let all: [TelemetrySDK] = [
        .langfuse, .langsmith, .lmnr, .mlflow, .braintrust, .agentops, .respan, .keywordsai, .ddtrace,
        .logfire,
        .openlit, .strands, .haystack, .agentFramework, .autogen, .googleADK, .openAIAgents, .llamaIndex,
        .crewAI, .smolagents, .mcp, .openInference, .traceloop, .genAI,
    ]
}
