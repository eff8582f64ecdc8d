import Synchronization
import WireProtocol

/// The tools of one dispatcher, made together for one context, or for everybody.
///
/// Only ``DispatcherFactory`` makes one; a test holds the sources to that.
final class ToolBench: Sendable {
    /// How many calls of one tool may never have come back before it is not called any more.
    static let hangingLimit = 4

    let id: DispatcherID
    private let tools: [String: any Tool]
    /// The calls that were given up and have not come back, by tool.
    private let hanging = Mutex<[String: Int]>([:])

    init(id: DispatcherID, tools: [any Tool]) {
        self.id = id
        self.tools = Dictionary(
            tools.map { (type(of: $0).name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether it has nothing to dispatch with: every call fails.
    var isHollow: Bool { tools.isEmpty }

    /// The names of its tools, sorted.
    var names: [String] { tools.keys.sorted() }

    /// Calls a tool with arguments that its schema allows, for as long as the tool may take.
    func call(_ name: String, _ arguments: JSONObject) async throws(ToolError) -> String {
        guard let tool = tools[name] else { throw isHollow ? .nothingToDispatchWith : .unknownTool(name) }
        let kind = type(of: tool)
        if let problem = JSONSchema(kind.schema).problem(in: .object(arguments)) {
            throw .badArguments(problem)
        }
        let lost = hanging.withLock { $0[name] ?? 0 }
        guard lost < Self.hangingLimit else { throw .stillHanging(name, lost) }
        let outcome = await LimitedCall.run(within: kind.timeout) {
            do throws(ToolError) { return .success(try await tool.call(arguments)) } catch {
                return .failure(error)
            }
        } cameTooLate: { [weak self] in
            self?.count(name, -1)
        }
        if outcome == .failure(.timedOut(kind.timeout)) { count(name, 1) }
        return try outcome.get().text
    }

    private func count(_ name: String, _ change: Int) {
        hanging.withLock { $0[name, default: 0] += change }
    }
}
