#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Event lines that arrived together: their bytes, and where each field is.
///
/// Bytes are kept as they came; strings are made when somebody looks.
public struct EventBatch: Hashable, Sendable {
    /// The longest line accepted, in bytes: 1 MiB (WIRE.md "Limits").
    public static let maximumLineBytes = 1 << 20

    /// The lines, one after the other.
    public let bytes: [UInt8]
    /// The lines that are events, in arrival order.
    public let events: [ScannedEvent]
    /// The lines that are not, and why.
    public let refused: [RefusedLine]

    /// Scans newline-separated lines; blank lines are ignored, as NDJSON readers do.
    ///
    /// - Parameter bytes: at most 4 GiB; whole lines, the last one with or without its newline.
    public init(lines bytes: [UInt8]) {
        self.bytes = bytes
        var events: [ScannedEvent] = []
        var refused: [RefusedLine] = []
        events.reserveCapacity(bytes.count / 256)
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                let end = Self.lineEnd(buffer, from: start)
                defer { start = end + 1 }
                guard let range = Self.trimmed(buffer, start, end) else { continue }
                if range.count > Self.maximumLineBytes {
                    refused.append(RefusedLine(line: buffer[range], reason: "line longer than 1 MiB"))
                    continue
                }
                do throws(JSONError) {
                    let event = try EventScanner.scan(buffer, range)
                    if event.typeName.isEmpty {
                        refused.append(
                            RefusedLine(line: buffer[range], reason: "not an event: it has no type"))
                    } else {
                        events.append(event)
                    }
                } catch {
                    let reason = "not an event: \(error.relative(to: range.lowerBound))"
                    refused.append(RefusedLine(line: buffer[range], reason: reason))
                }
            }
        }
        self.events = events
        self.refused = refused
    }

    /// The text of a slice, escapes decoded; bytes that are not UTF-8 become U+FFFD.
    public func string(_ slice: TextSlice) -> String {
        bytes.withUnsafeBufferPointer { buffer in
            let piece = UnsafeBufferPointer(rebasing: buffer[slice.range])
            if slice.hasEscapes, let decoded = JSONEscapes.decode(piece) { return decoded }
            return String(decoding: piece, as: UTF8.self)
        }
    }

    /// Which of our CUSTOM events an event is; nil for all others.
    public func customName(_ event: ScannedEvent) -> CustomEventName? {
        event.type == .custom ? CustomEventName(rawValue: string(event.name)) : nil
    }

    /// The slice as a JSON value; nil when it is empty or not JSON.
    public func json(_ slice: TextSlice) -> JSONValue? {
        slice.isEmpty ? nil : try? JSONParser.parse(bytes[slice.range])
    }

    private static func lineEnd(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = buffer.baseAddress,
            let found = memchr(base + start, 0x0A, buffer.count - start)
        else { return buffer.count }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }

    /// The line without surrounding spaces, or nil when nothing is left.
    private static func trimmed(_ buffer: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Range<Int>?
    {
        var (low, high) = (start, end)
        while low < high, buffer[low] <= 0x20 { low += 1 }
        while high > low, buffer[high - 1] <= 0x20 { high -= 1 }
        return low < high ? low..<high : nil
    }
}

extension JSONError {
    /// The same error with offsets counted from the start of its line.
    fileprivate func relative(to start: Int) -> JSONError {
        switch self {
        case .truncated(let offset): .truncated(offset: offset - start)
        case .unexpected(let byte, let offset): .unexpected(byte: byte, offset: offset - start)
        case .tooDeep(let offset): .tooDeep(offset: offset - start)
        case .invalidUTF8(let offset): .invalidUTF8(offset: offset - start)
        case .trailing(let offset): .trailing(offset: offset - start)
        }
    }
}
