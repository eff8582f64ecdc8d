/// Unpacks DEFLATE (RFC 1951): stored, fixed and dynamic blocks.
struct Inflater {
    private let input: ArraySlice<UInt8>
    private var index: Int
    private var bitBuffer: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var output: [UInt8] = []
    private let limit: Int

    init(_ input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
        index = input.startIndex
    }

    /// Everything up to the last block's end.
    mutating func whole() throws(TelemetryError) -> [UInt8] {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try stored()
            case 1: try compressed(HuffmanTable.fixedLiterals, HuffmanTable.fixedDistances)
            case 2:
                let (literals, distances) = try dynamicTables()
                try compressed(literals, distances)
            default: throw .gzip
            }
        }
        return output
    }

    private mutating func bits(_ count: UInt32) throws(TelemetryError) -> Int {
        while bitCount < count {
            guard index < input.endIndex else { throw .gzip }
            bitBuffer |= UInt32(input[index]) << bitCount
            index += 1
            bitCount += 8
        }
        defer {
            bitBuffer >>= count
            bitCount -= count
        }
        return Int(bitBuffer & ((1 << count) - 1))
    }

    private mutating func stored() throws(TelemetryError) {
        (bitBuffer, bitCount) = (0, 0)
        guard input.endIndex - index >= 4 else { throw .gzip }
        let count = Int(input[index]) | Int(input[index + 1]) << 8
        let check = Int(input[index + 2]) | Int(input[index + 3]) << 8
        index += 4
        guard count ^ check == 0xFFFF, input.endIndex - index >= count else { throw .gzip }
        guard output.count + count <= limit else { throw .tooLarge(limit: limit) }
        output += input[index..<index + count]
        index += count
    }

    private mutating func symbol(_ table: HuffmanTable) throws(TelemetryError) -> Int {
        var (code, first, place) = (0, 0, 0)
        for length in 1...15 {
            code |= try bits(1)
            let count = table.counts[length]
            // A table with too many codes has no place for this one.
            guard code >= first else { throw .gzip }
            if code - first < count { return table.symbols[place + code - first] }
            place += count
            first = (first + count) << 1
            code <<= 1
        }
        throw .gzip
    }

    /// RFC 1951 section 3.2.5: what the length codes 257 to 285 and the distance codes stand for.
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
        195, 227, 258,
    ]
    private static let lengthBits: [UInt32] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
        4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits: [UInt32] = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]

    private mutating func compressed(
        _ literals: HuffmanTable, _ distances: HuffmanTable
    ) throws(TelemetryError) {
        while true {
            let code = try symbol(literals)
            if code == 256 { return }
            if code < 256 {
                guard output.count < limit else { throw .tooLarge(limit: limit) }
                output.append(UInt8(code))
                continue
            }
            guard code - 257 < Self.lengths.count else { throw .gzip }
            let length = Self.lengths[code - 257] + (try bits(Self.lengthBits[code - 257]))
            let place = try symbol(distances)
            guard place < Self.distances.count else { throw .gzip }
            let distance = Self.distances[place] + (try bits(Self.distanceBits[place]))
            guard distance <= output.count else { throw .gzip }
            guard output.count + length <= limit else { throw .tooLarge(limit: limit) }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    /// The order in which the lengths of the length codes are written (RFC 1951 section 3.2.7).
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func dynamicTables() throws(TelemetryError) -> (HuffmanTable, HuffmanTable) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let codeCount = try bits(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .gzip }
        var codeLengths = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(codeCount) { codeLengths[place] = try bits(3) }
        let codes = HuffmanTable(codeLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            switch try symbol(codes) {
            case let length where length < 16: lengths.append(length)
            case 16:
                guard let last = lengths.last else { throw .gzip }
                lengths += [Int](repeating: last, count: try bits(2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try bits(3) + 3)
            default: lengths += [Int](repeating: 0, count: try bits(7) + 11)
            }
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] > 0 else { throw .gzip }
        return (HuffmanTable(Array(lengths[..<literalCount])), HuffmanTable(Array(lengths[literalCount...])))
    }
}

/// A canonical Huffman code: how many codes of each length there are, and their symbols in order.
struct HuffmanTable {
    let counts: [Int]
    let symbols: [Int]

    /// The table for these code lengths, one for each symbol, 0 for a symbol that does not occur.
    init(_ lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        self.counts = counts
        symbols = (1...15).flatMap { wanted in lengths.indices.filter { lengths[$0] == wanted } }
    }

    static let fixedLiterals = HuffmanTable(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))
    static let fixedDistances = HuffmanTable([Int](repeating: 5, count: 30))
}
