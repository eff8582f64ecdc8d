import DequeModule
import WireProtocol

/// The events that are kept, in arrival order, with their lines; bounded, and counting what it let go.
public struct EventLog: Equatable, Sendable {
    /// How much is kept at most.
    public struct Limits: Hashable, Sendable {
        /// In events.
        public var maximumEvents: Int
        /// In bytes of lines; the newest batch is kept whatever its size.
        public var maximumBytes: Int

        /// States both limits.
        public init(maximumEvents: Int, maximumBytes: Int) {
            self.maximumEvents = max(1, maximumEvents)
            self.maximumBytes = max(0, maximumBytes)
        }

        /// 1,000,000 events or 256 MiB of lines, whichever is reached first.
        public static let standard = Limits(maximumEvents: 1_000_000, maximumBytes: 256 << 20)
    }

    private struct Chunk: Equatable, Sendable {
        let bytes: [UInt8]
        /// The first event number after those of this chunk.
        var endNumber: Int
    }

    /// How much is kept at most.
    public let limits: Limits
    /// The number of the oldest event that is kept.
    public private(set) var firstNumber = 0
    /// How many bytes of lines are kept.
    public private(set) var byteCount = 0
    /// How many events were let go to stay inside the limits.
    public var forgotten: Int { firstNumber }
    private var records: Deque<EventRecord> = []
    private var chunks: Deque<Chunk> = []
    private var firstChunk = 0

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

    /// The event's line as it came; empty when it was let go.
    public func line(_ number: Int) -> [UInt8] {
        guard let record = self[number] else { return [] }
        let chunk = Int(record.chunk) - firstChunk
        guard chunks.indices.contains(chunk) else { return [] }
        let start = Int(record.lineOffset)
        return Array(chunks[chunk].bytes[start..<start + Int(record.lineCount)])
    }

    /// Keeps a batch's bytes; its events are appended next. Gives the chunk's number.
    mutating func beginChunk(_ bytes: [UInt8], eventCount: Int) -> UInt32 {
        chunks.append(Chunk(bytes: bytes, endNumber: endNumber + eventCount))
        byteCount += bytes.count
        return UInt32(truncatingIfNeeded: firstChunk + chunks.count - 1)
    }

    mutating func append(_ record: EventRecord) { records.append(record) }

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
        while byteCount > limits.maximumBytes, chunks.count > 1, let oldest = chunks.first {
            forget(max(0, oldest.endNumber - firstNumber))
            dropFinishedChunks(keepingNewest: true)
        }
    }

    private mutating func forget(_ number: Int) {
        records.removeFirst(number)
        firstNumber += number
        dropFinishedChunks(keepingNewest: false)
    }

    private mutating func dropFinishedChunks(keepingNewest: Bool) {
        while let oldest = chunks.first, oldest.endNumber <= firstNumber,
            !(keepingNewest && chunks.count == 1)
        {
            byteCount -= oldest.bytes.count
            chunks.removeFirst()
            firstChunk += 1
        }
    }
}
