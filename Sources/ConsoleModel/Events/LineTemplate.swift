import WireProtocol

/// What is alike in the lines of one kind of event: the bytes between the fields that differ.
///
/// A backend writes thousands of lines that differ in ids, numbers and texts
/// only. Ids, times and sequence numbers stand in the ``EventRecord`` anyway,
/// so a line is kept as its template and the few bytes that are nowhere else,
/// and comes back byte for byte.
struct LineTemplate: Equatable, Sendable {
    /// Where the bytes of a cut field come from.
    enum Field: UInt8, Sendable {
        case user, session, run, path, dispatcher, name, timestamp, sequence
        /// Kept with the line, because the record does not hold it as it was spelled.
        case rest
    }

    /// A field that was cut out of a line.
    struct Cut: Equatable, Sendable {
        let field: Field
        /// In a template: after how many of its bytes; in a line: where the field starts.
        var position: Int
        /// How many bytes the field has in a line; 0 in a template.
        var count = 0
    }

    /// The bytes that are alike, one after the other.
    let bytes: [UInt8]
    /// The fields, in the order of the line.
    let cuts: [Cut]

    /// The template of a line.
    init(_ line: UnsafeBufferPointer<UInt8>, _ cuts: [Cut]) {
        var bytes: [UInt8] = []
        var places: [Cut] = []
        var start = 0
        for cut in cuts {
            bytes.append(contentsOf: line[start..<cut.position])
            places.append(Cut(field: cut.field, position: bytes.count))
            start = cut.position + cut.count
        }
        bytes.append(contentsOf: line[start...])
        self.bytes = bytes
        self.cuts = places
    }

    /// Whether a line with those cuts is of this kind.
    func matches(_ line: UnsafeBufferPointer<UInt8>, _ cuts: [Cut]) -> Bool {
        guard cuts.count == self.cuts.count else { return false }
        return bytes.withUnsafeBufferPointer { own in
            var (start, ownStart) = (0, 0)
            for index in cuts.indices {
                let (cut, place) = (cuts[index], self.cuts[index])
                let count = cut.position - start
                guard cut.field == place.field, count == place.position - ownStart,
                    line.isEqual(own, count, at: start, and: ownStart)
                else { return false }
                start = cut.position + cut.count
                ownStart = place.position
            }
            let count = line.count - start
            return count == own.count - ownStart && line.isEqual(own, count, at: start, and: ownStart)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether `count` bytes here are those bytes there, eight at a time; both ranges must lie inside.
    fileprivate func isEqual(_ other: Self, _ count: Int, at start: Int, and otherStart: Int) -> Bool {
        let (one, two) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
        var offset = 0
        while offset + 8 <= count {
            let first = one.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
            guard first == two.loadUnaligned(fromByteOffset: otherStart + offset, as: UInt64.self) else {
                return false
            }
            offset += 8
        }
        while offset < count {
            if one[start + offset] != two[otherStart + offset] { return false }
            offset += 1
        }
        return true
    }
}
