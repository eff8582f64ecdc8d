/// One server-sent event, as HTML 9.2.6 dispatches it.
public struct ServerSentEvent: Hashable, Sendable {
    /// The `event` field; `message` when there was none.
    public let type: String
    /// The `data` lines, joined by line feeds.
    public let data: [UInt8]
    /// The last `id` seen on the stream so far; empty when there was none.
    public let lastEventID: String
}

/// Reads an event stream in pieces of any size (HTML 9.2.6: byte-order mark, CR, LF and CRLF, comments, retry).
public struct SSEParser: Sendable {
    /// The longest event accepted, in bytes of data (WIRE.md "Limits": 1 MiB).
    public static let maximumEventBytes = 1 << 20

    /// The last `id` seen; what `Last-Event-ID` must say to go on from here.
    public private(set) var lastEventID = ""
    /// The reconnection time that the server asked for, in milliseconds.
    public private(set) var retryMilliseconds: Int?
    /// Comments since they were last taken, without their colon; at most 100 of at most 4 KiB.
    public private(set) var comments: [String] = []
    /// Events that were refused because they were too long.
    public private(set) var refused = 0

    private var line: [UInt8] = []
    private var endsWithCarriageReturn = false
    private var isFirstLine = true
    private var pendingID: String?
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var isTooLong = false

    /// A parser at the start of a stream.
    public init() {}

    /// Takes the comments that have come.
    public mutating func takeComments() -> [String] {
        defer { comments = [] }
        return comments
    }

    /// Takes the next bytes and gives every event they complete; an incomplete last one waits.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        // Contiguous bytes are walked as such: a generic sequence costs a call for each byte.
        if let events = bytes.withContiguousStorageIfAvailable({ feed($0) }) { return events }
        return Array(bytes).withUnsafeBufferPointer { feed($0) }
    }

    /// The same for a piece of memory.
    public mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard byte == 0x0A || byte == 0x0D else {
                endsWithCarriageReturn = false
                continue
            }
            if byte == 0x0A, endsWithCarriageReturn {
                endsWithCarriageReturn = false
            } else {
                endsWithCarriageReturn = byte == 0x0D
                keep(UnsafeBufferPointer(rebasing: bytes[start..<index]))
                endLine(&events)
            }
            start = index + 1
        }
        keep(UnsafeBufferPointer(rebasing: bytes[start...]))
        return events
    }

    /// Adds to the line what there is room for; a longer line is cut, which ``endLine(_:)`` notices.
    private mutating func keep(_ piece: UnsafeBufferPointer<UInt8>) {
        line.append(contentsOf: piece.prefix(Self.maximumLineBytes + 1 - line.count))
    }

    /// The longest line that can hold an accepted event: its data and room for the field's name.
    private static let maximumLineBytes = maximumEventBytes + 64

    private mutating func endLine(_ events: inout [ServerSentEvent]) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch(&events) }
        if line.count > Self.maximumLineBytes, line.first != UInt8(ascii: ":") {
            isTooLong = true
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return field(line[...], []) }
        if colon == 0 {
            if comments.count < 100 {
                comments.append(String(decoding: line.dropFirst().prefix(4096), as: UTF8.self))
            }
            return
        }
        var value = line[(colon + 1)...]
        if value.first == 0x20 { value.removeFirst() }
        field(line[..<colon], value)
    }

    private mutating func field(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        if name.elementsEqual("data".utf8) {
            if data.count + value.count > Self.maximumEventBytes {
                isTooLong = true
            } else {
                if hasData { data.append(0x0A) }
                data.append(contentsOf: value)
            }
            hasData = true
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { pendingID = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("retry".utf8), !value.isEmpty,
            value.allSatisfy({ (0x30...0x39).contains($0) })
        {
            retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
        }
    }

    private mutating func dispatch(_ events: inout [ServerSentEvent]) {
        defer {
            data = []
            hasData = false
            type = ""
            isTooLong = false
        }
        if let pendingID { lastEventID = pendingID }
        pendingID = nil
        if isTooLong {
            refused += 1
            return
        }
        // HTML 9.2.6 has a line feed in the buffer after `data:`, so that an event of empty data is dispatched.
        guard hasData else { return }
        events.append(
            ServerSentEvent(type: type.isEmpty ? "message" : type, data: data, lastEventID: lastEventID))
    }
}
