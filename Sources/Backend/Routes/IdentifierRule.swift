import ContextMonitor
import HTTPTypes
import WireProtocol

/// The one limit of every id that a client sends, on every path: of users, sessions, runs, requests and tools.
enum IdentifierRule {
    /// How long an id may be, in bytes of UTF-8: five times a UUID, and short enough to be kept a million times.
    static let maximumBytes = 200

    /// What an id must be, for the words of a refusal.
    static let wanted = "a text of 1 to \(maximumBytes) bytes"

    /// Whether a text may be an id.
    static func accepts(_ text: String) -> Bool { (1...maximumBytes).contains(text.utf8.count) }
}

extension JSONObject {
    /// The id of that name; nil when it is absent or null.
    ///
    /// - Throws: ``RunInputError/wrongType(_:_:)`` when it is anything else than a text of 1 to 200 bytes.
    func identifier<ID: WireIdentifier>(_ name: String) throws(RunInputError) -> ID? {
        guard let value = self[name], value != .null else { return nil }
        guard let text = value.string, IdentifierRule.accepts(text) else {
            throw .wrongType(name, IdentifierRule.wanted)
        }
        return ID(rawValue: text)
    }
}

extension BackendContext {
    /// The id that the request's path has in that place.
    ///
    /// - Throws: 400 when it is empty or too long.
    func pathIdentifier<ID: WireIdentifier>(_ name: String) throws(Problem) -> ID {
        let text = pathText(name)
        guard IdentifierRule.accepts(text) else {
            throw Problem(.badRequest, "\(name): \(IdentifierRule.wanted)")
        }
        return ID(rawValue: text)
    }
}
