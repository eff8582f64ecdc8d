import DequeModule
import WireProtocol

/// Event lines in little room: templates once, and for each line what is nowhere else.
struct LineStore: Equatable, Sendable {
    /// A line that is kept whole, because its like was seen too often in too many shapes.
    static let whole: UInt32 = .max
    /// How many kinds of lines there may be; the lines of further ones are kept whole.
    static let maximumTemplates = 1000
    /// The longest template; a hostile backend can fill 4 MiB with them, and no more.
    static let maximumTemplateBytes = 4096
    /// When a chunk is full, in bytes.
    private static let chunkBytes = 256 << 10

    private struct Chunk: Equatable, Sendable {
        var bytes: [UInt8] = []
        /// The first event number after those of this chunk.
        var endNumber = 0
    }

    /// How many bytes are kept beside the templates.
    private(set) var byteCount = 0
    private var templates: [LineTemplate] = []
    /// By event type, which template its line before had: nearly always the next one's too.
    private var guesses = [UInt32](repeating: LineStore.whole, count: 256)
    private var chunks: Deque<Chunk> = [Chunk()]
    private var firstChunk = 0

    /// How many chunks there are; the newest one is never dropped.
    var chunkCount: Int { chunks.count }
    /// The first event number after the oldest chunk.
    var oldestEndNumber: Int { chunks.first?.endNumber ?? 0 }

    /// Keeps the line of an event that gets that number; writes into the record where it is.
    ///
    /// `cuts` is room to work in: one array for a whole batch costs less than one for each event.
    mutating func append(
        _ bytes: UnsafeBufferPointer<UInt8>, _ event: ScannedEvent, _ record: inout EventRecord, number: Int,
        _ cuts: inout [LineTemplate.Cut]
    ) {
        let line = UnsafeBufferPointer(rebasing: bytes[event.line.range])
        record.cut(event, bytes, into: &cuts)
        record.template = template(of: line, cuts, event.type)
        if chunks[chunks.count - 1].bytes.count >= Self.chunkBytes { chunks.append(Chunk()) }
        let newest = chunks.count - 1
        let start = chunks[newest].bytes.count
        record.chunk = UInt32(truncatingIfNeeded: firstChunk + newest)
        record.lineOffset = UInt32(truncatingIfNeeded: start)
        if record.template == Self.whole {
            chunks[newest].bytes.append(length: line.count)
            chunks[newest].bytes.append(contentsOf: line)
        } else {
            for cut in cuts where cut.field == .rest {
                chunks[newest].bytes.append(length: cut.count)
                chunks[newest].bytes.append(
                    contentsOf: UnsafeBufferPointer(rebasing: line[cut.position..<cut.position + cut.count]))
            }
        }
        chunks[newest].endNumber = number + 1
        byteCount += chunks[newest].bytes.count - start
    }

    /// The line of a record, byte for byte as it came; empty when its chunk was dropped.
    func line(_ record: EventRecord, _ symbols: SymbolTable) -> [UInt8] {
        let place = Int(record.chunk) - firstChunk
        guard chunks.indices.contains(place) else { return [] }
        var rest = RestReader(bytes: chunks[place].bytes, index: Int(record.lineOffset))
        guard record.template != Self.whole else { return Array(rest.next()) }
        guard templates.indices.contains(Int(record.template)) else { return [] }
        let template = templates[Int(record.template)]
        var line: [UInt8] = []
        var start = 0
        for cut in template.cuts {
            line.append(contentsOf: template.bytes[start..<cut.position])
            start = cut.position
            switch cut.field {
            case .user: line.append(contentsOf: symbols.bytes(record.user))
            case .session: line.append(contentsOf: symbols.bytes(record.session))
            case .run: line.append(contentsOf: symbols.bytes(record.run))
            case .path: line.append(contentsOf: symbols.bytes(record.path))
            case .dispatcher: line.append(contentsOf: symbols.bytes(record.dispatcher))
            case .name: line.append(contentsOf: symbols.bytes(record.name))
            case .timestamp: line.append(contentsOf: String(record.timestamp.milliseconds).utf8)
            case .sequence: line.append(contentsOf: String(record.sequenceOrMinusOne).utf8)
            case .rest: line.append(contentsOf: rest.next())
            }
        }
        return line + template.bytes[start...]
    }

    /// Drops chunks whose events are all before that number; never the newest.
    mutating func drop(before number: Int) {
        while chunks.count > 1, let oldest = chunks.first, oldest.endNumber <= number {
            byteCount -= oldest.bytes.count
            chunks.removeFirst()
            firstChunk += 1
        }
    }

    private mutating func template(
        of line: UnsafeBufferPointer<UInt8>, _ cuts: [LineTemplate.Cut], _ type: EventType
    ) -> UInt32 {
        let guess = guesses[Int(type.rawValue)]
        if guess != Self.whole, templates.withUnsafeBufferPointer({ $0[Int(guess)].matches(line, cuts) }) {
            return guess
        }
        var found = templates.firstIndex { $0.matches(line, cuts) }
        if found == nil, templates.count < Self.maximumTemplates,
            line.count - cuts.reduce(0, { $0 + $1.count }) <= Self.maximumTemplateBytes
        {
            found = templates.count
            templates.append(LineTemplate(line, cuts))
        }
        guard let found else { return Self.whole }
        guesses[Int(type.rawValue)] = UInt32(truncatingIfNeeded: found)
        return UInt32(truncatingIfNeeded: found)
    }
}

/// Reads the pieces of one line, each behind its length.
private struct RestReader {
    let bytes: [UInt8]
    var index: Int

    mutating func next() -> ArraySlice<UInt8> {
        var (count, shift) = (0, 0)
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        defer { index += count }
        return bytes[index..<min(bytes.count, index + count)]
    }
}

extension [UInt8] {
    /// Appends a length, seven bits a byte, the lowest first.
    fileprivate mutating func append(length: Int) {
        var rest = length
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension EventRecord {
    /// The fields of a line that need not be kept as bytes, or are all that must be, in the line's order.
    ///
    /// A field that the line has stands in the record as the line has it, whatever the store adds to others.
    fileprivate func cut(
        _ event: ScannedEvent, _ bytes: UnsafeBufferPointer<UInt8>, into cuts: inout [LineTemplate.Cut]
    ) {
        cuts.removeAll(keepingCapacity: true)
        func add(_ slice: TextSlice, _ field: LineTemplate.Field) {
            guard !slice.isEmpty else { return }
            let isKept = !slice.hasEscapes && slice.count <= SymbolTable.maximumBytes
            let cut = LineTemplate.Cut(
                field: isKept ? field : .rest, position: Int(slice.offset - event.line.offset),
                count: slice.count)
            var place = cuts.count
            while place > 0, cuts[place - 1].position > cut.position { place -= 1 }
            cuts.insert(cut, at: place)
        }
        add(event.timestampDigits, .timestamp)
        add(event.name, .name)
        add(event.call, .rest)
        add(event.text, .rest)
        add(event.value, .rest)
        add(event.threadField, bytes.areEqual(event.threadField, event.session) ? .session : .rest)
        add(event.runField, bytes.areEqual(event.runField, event.run) ? .run : .rest)
        add(event.user, .user)
        if event.session != event.threadField { add(event.session, .session) }
        if event.run != event.runField { add(event.run, .run) }
        add(event.path, .path)
        add(event.dispatcher, .dispatcher)
        add(event.sequenceDigits, .sequence)
        add(event.id, .rest)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether two slices hold the same bytes.
    fileprivate func areEqual(_ first: TextSlice, _ second: TextSlice) -> Bool {
        first.count == second.count
            && (first == second || self[first.range].elementsEqual(self[second.range]))
    }
}
