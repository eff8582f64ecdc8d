import WireProtocol

/// Something an agent can have done: a name, and one call with JSON in and text out.
protocol Tool: Sendable {
    /// The name an agent calls it by.
    static var name: String { get }
    /// Makes a user's own instance; throws when what it needs is not there.
    init() throws(ToolError)
    /// Does the work for one call.
    func call(_ arguments: JSONObject) async throws(ToolError) -> String
}

/// Why a tool could not be made or did not do its work.
enum ToolError: Error, Equatable, CustomStringConvertible {
    case unavailable(String)
    case badArguments(String)
    case failed(String)
    case unknownTool(String)
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
        FlakyLookup.self,
    ]
}
