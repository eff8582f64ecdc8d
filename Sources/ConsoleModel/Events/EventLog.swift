import DequeModule
import WireProtocol

/// The events that are kept, in arrival order, with their lines; bounded, and counting what it let go.
public struct EventLog: Equatable, Sendable {
    /// How much is kept at most.
    public struct Limits: Hashable, Sendable {
        /// In events.
        public var maximumEvents: Int
        /// In bytes beside the records; what is kept of the newest 256 KiB stays whatever the limit.
        public var maximumBytes: Int

        /// States both limits.
        public init(maximumEvents: Int, maximumBytes: Int) {
            self.maximumEvents = max(1, maximumEvents)
            self.maximumBytes = max(0, maximumBytes)
        }

        /// 1,000,000 events or 256 MiB beside their records, whichever is reached first.
        ///
        /// Measured: an event of our backend takes 64 bytes and 20 to 60 beside, of its 330 on the wire.
        public static let standard = Limits(maximumEvents: 1_000_000, maximumBytes: 256 << 20)
    }

    /// How much is kept at most.
    public let limits: Limits
    /// The number of the oldest event that is kept.
    public private(set) var firstNumber = 0
    /// How many bytes are kept beside the records.
    public var byteCount: Int { lines.byteCount }
    /// How many events were let go to stay inside the limits.
    public var forgotten: Int { firstNumber }
    private var records: Deque<EventRecord> = []
    private var lines = LineStore()

    /// An empty log.
    public init(limits: Limits = .standard) { self.limits = limits }

    /// How many events are kept.
    public var count: Int { records.count }
    /// The number that the next event gets.
    public var endNumber: Int { firstNumber + records.count }
    /// The numbers of the events that are kept.
    public var numbers: Range<Int> { firstNumber..<endNumber }

    /// The event of that number; nil when it was let go or never was.
    public subscript(number: Int) -> EventRecord? {
        numbers.contains(number) ? records[number - firstNumber] : nil
    }

    /// The number of the event before this one in the same session, if it is still kept.
    public func previousInSession(_ number: Int) -> Int? {
        guard let record = self[number], record.distanceToPrevious > 0 else { return nil }
        let previous = number - Int(record.distanceToPrevious)
        return previous >= firstNumber ? previous : nil
    }

    /// The event's line, byte for byte as it came; empty when it was let go.
    public func line(_ number: Int, _ symbols: SymbolTable) -> [UInt8] {
        self[number].map { lines.line($0, symbols) } ?? []
    }

    /// Keeps an event whose names are symbols already, and its line out of the bytes it came in.
    mutating func append(
        _ record: EventRecord, _ event: ScannedEvent, _ bytes: UnsafeBufferPointer<UInt8>,
        _ cuts: inout [LineTemplate.Cut]
    ) {
        var record = record
        lines.append(bytes, event, &record, number: endNumber, &cuts)
        records.append(record)
    }

    /// Adds a mark to an event that is kept.
    mutating func mark(_ number: Int, _ marks: EventRecord.Marks) {
        if numbers.contains(number) { records[number - firstNumber].marks.formUnion(marks) }
    }

    /// Replaces every symbol of every record.
    mutating func mapSymbols(_ renamed: (Symbol) -> Symbol) {
        for index in records.indices { records[index].mapSymbols(renamed) }
    }

    /// Lets the oldest events go until both limits hold.
    mutating func trim() {
        let surplus = records.count - limits.maximumEvents
        if surplus > 0 { forget(surplus) }
        while lines.byteCount > limits.maximumBytes, lines.chunkCount > 1 {
            forget(max(0, lines.oldestEndNumber - firstNumber))
        }
    }

    private mutating func forget(_ number: Int) {
        records.removeFirst(number)
        firstNumber += number
        lines.drop(before: firstNumber)
    }
}
