import WireProtocol

/// Something an agent can have done: a name, a schema for the arguments, and one call with JSON in and text out.
///
/// An instance belongs to the context it was made for: the user's own with a
/// factory, everybody's with the singleton.
protocol Tool: Sendable {
    /// The name an agent calls it by.
    static var name: String { get }
    /// What it does, in one sentence, for whoever chooses among tools.
    static var summary: String { get }
    /// JSON Schema of the arguments, in the keywords that ``JSONSchema`` knows; checked before each call.
    static var schema: JSONValue { get }
    /// How long a call may take; whoever takes longer is abandoned and the call fails.
    static var timeout: Duration { get }
    /// Makes an instance; throws when what it needs is not there.
    init(_ context: ToolContext) throws(ToolError)
    /// Does the work for one call.
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput
}

extension Tool {
    /// 30 s, unless the tool says otherwise.
    static var timeout: Duration { .seconds(30) }
}

/// Why a tool could not be made or did not do its work.
enum ToolError: Error, Equatable, CustomStringConvertible {
    case unavailable(String)
    case badArguments(String)
    case failed(String)
    case unknownTool(String)
    /// The user may not use that tool.
    case notPermitted(user: String, tool: String)
    /// The call did not end in time and is not waited for any more.
    case timedOut(Duration)
    /// Too many earlier calls of the tool have never come back.
    case stillHanging(String, Int)
    /// The dispatcher has no tool at all: it is hollow.
    case nothingToDispatchWith
    /// The dispatcher is being ended, or has ended.
    case dispatcherEnded
    case cancelled

    /// What an agent and an operator read.
    var description: String {
        switch self {
        case .unavailable(let what): "tool not available: \(what)"
        case .badArguments(let what): "bad arguments: \(what)"
        case .failed(let what): what
        case .unknownTool(let name): "no tool named \(name) in this dispatcher"
        case .notPermitted(let user, let tool): "\(user) may not use \(tool)"
        case .timedOut(let limit): "no result after \(limit / .seconds(1)) s; the call was given up"
        case .stillHanging(let name, let count): "\(count) earlier calls of \(name) have never come back"
        case .nothingToDispatchWith: "the dispatcher has no tools: nothing to dispatch with"
        case .dispatcherEnded: "the dispatcher has ended; open the session again"
        case .cancelled: "cancelled"
        }
    }
}

/// The tools that ship; a backend's factory makes each user's own from these.
enum ToolCatalogue {
    static let all: [any Tool.Type] = [
        Calculate.self, SearchCorpus.self, CurrentTime.self, QueryJSON.self, SlowReport.self,
        FlakyLookup.self, Notes.self,
    ]
}
