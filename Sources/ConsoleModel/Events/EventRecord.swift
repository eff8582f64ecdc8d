import WireProtocol

/// One event as the log keeps it: 64 bytes, no reference; the rest of its line is in the ``LineStore``.
public struct EventRecord: Hashable, Sendable {
    /// When it was sent, or when it arrived if the source did not say.
    public internal(set) var timestamp = Timestamp(milliseconds: 0)
    var chunk: UInt32 = 0
    var lineOffset: UInt32 = 0
    var template = LineStore.whole
    /// Whose.
    public internal(set) var user = Symbol.none
    /// Of which session.
    public internal(set) var session = Symbol.none
    /// Of which run.
    public internal(set) var run = Symbol.none
    /// On which path.
    public internal(set) var path = Symbol.none
    /// Served by which dispatcher.
    public internal(set) var dispatcher = Symbol.none
    /// The tool's, step's or CUSTOM's name.
    public internal(set) var name = Symbol.none
    /// How many events back its session's event before this one is; 0 when there is none.
    var distanceToPrevious: UInt32 = 0
    var sequenceOrMinusOne: Int32 = -1
    var backendNumber: UInt16 = 0
    /// The AG-UI type.
    public internal(set) var type = EventType.unrecognized
    /// What was noticed about it.
    public internal(set) var marks: Marks = []

    /// What was noticed about an event when it came in.
    public struct Marks: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8
        /// Takes the bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The source sent no timestamp; the arrival time stands in.
        public static let stamped = Marks(rawValue: 1)
        /// It tells of a failure.
        public static let error = Marks(rawValue: 2)
        /// Events are known to be lost before it.
        public static let gap = Marks(rawValue: 4)
        /// It made its run break the grammar.
        public static let violation = Marks(rawValue: 8)
        /// It named another user than its run or session belongs to.
        public static let crossing = Marks(rawValue: 16)
        /// It thinks on where the run's event before did too; only the first of a stretch is `agent_thinking`.
        public static let continued = Marks(rawValue: 32)
    }

    /// Whether it says something new: no further piece of a message, a thought or a call's arguments.
    var isTelling: Bool {
        if type == .custom || type == .unrecognized || marks.contains(.error) || marks.contains(.crossing) {
            return true
        }
        return type.operatorWord != nil && !marks.contains(.continued)
    }

    /// Of which backend.
    public var backend: BackendKey { BackendKey(Int(backendNumber)) }
    /// 0, 1, 2… within its run, where the source has it.
    public var sequence: Int? { sequenceOrMinusOne < 0 ? nil : Int(sequenceOrMinusOne) }
}
