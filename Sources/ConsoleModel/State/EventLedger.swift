import PatternDetection
import WireProtocol

/// Which of a run's five operator words have come: `●●●●○`.
public struct EventLedger: Hashable, Sendable {
    /// One place of the five.
    public enum Cell: Hashable, Sendable { case seen, notYet, failed, unknown }

    private var seen: UInt8 = 0
    /// Whether the run's events can be seen at all.
    public var isObservable = true

    /// A run of which nothing was seen yet.
    public init() {}

    /// The words of a snapshot's `eventsSeen`.
    public init(_ words: [OperatorWord]) { for word in words { insert(word) } }

    /// Adds a word.
    public mutating func insert(_ word: OperatorWord) {
        seen |= Self.bit(word)
        isObservable = true
    }

    /// Whether the word has come.
    public func contains(_ word: OperatorWord) -> Bool { seen & Self.bit(word) != 0 }

    /// The words that have come, in the order of a run.
    public var words: [OperatorWord] { OperatorWord.allCases.filter { contains($0) } }

    /// The five places; a failed run has its failure in the last one.
    public var cells: [Cell] {
        guard isObservable else { return Array(repeating: .unknown, count: 5) }
        let order: [OperatorWord] = [.agentStarted, .agentThinking, .toolExecuting, .toolCompleted]
        let head: [Cell] = order.map { contains($0) ? .seen : .notYet }
        let last: Cell = contains(.agentError) ? .failed : contains(.agentCompleted) ? .seen : .notYet
        return head + [last]
    }

    /// The five places as glyphs: `●●●●○`, `●●●●✕`, `?????`.
    public var text: String {
        String(
            cells.map { cell in
                switch cell {
                case .seen: "●"
                case .notYet: "○"
                case .failed: "✕"
                case .unknown: "?"
                }
            })
    }

    private static func bit(_ word: OperatorWord) -> UInt8 {
        switch word {
        case .agentStarted: 1
        case .agentThinking: 2
        case .toolExecuting: 4
        case .toolCompleted: 8
        case .agentCompleted: 16
        case .agentError: 32
        }
    }
}
