import WireProtocol

/// A text that was seen on the wire, as a number: equal texts have equal numbers.
public struct Symbol: Hashable, Sendable {
    let rawValue: UInt32

    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// No text.
    public static let none = Symbol(0)

    /// Whether there is no text.
    public var isNone: Bool { rawValue == 0 }
}

/// The texts behind symbols: each distinct one is kept once, as bytes and as a String.
///
/// Open addressing over a 64-bit hash that is seeded once per process, so a
/// backend cannot choose ids that collide.
public struct SymbolTable: Equatable, Sendable {
    /// Longer texts are cut to this many bytes and marked with their hash: an id has no business being longer.
    public static let maximumBytes = 512

    /// Above this many texts those that nothing refers to any more are let go.
    public static let compactionCount = 1_000_000

    /// How many texts there may be before the next compaction.
    var compactsAt = SymbolTable.compactionCount

    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())
    private var texts: [String] = [""]
    private var hashes: [UInt64] = [0]
    private var keys: [UInt8] = []
    private var ends: [Int] = [0]
    /// A symbol in the low half, the hash's high half above it; 0 where nothing is.
    private var slots: [UInt64] = Array(repeating: 0, count: 1024)

    /// A table that knows the names of our CUSTOM events, in the order of `CustomEventName.allCases`.
    public init() {
        for name in CustomEventName.allCases { _ = intern(name.rawValue) }
    }

    /// Which of our CUSTOM events a name means; nil for other names.
    static func customEvent(_ symbol: Symbol) -> CustomEventName? {
        let index = Int(symbol.rawValue) - 1
        return CustomEventName.allCases.indices.contains(index) ? CustomEventName.allCases[index] : nil
    }

    /// How many distinct texts are kept.
    public var count: Int { texts.count - 1 }

    /// The text of a symbol.
    public subscript(symbol: Symbol) -> String { texts[Int(symbol.rawValue)] }

    /// The bytes of a symbol's text as they came.
    func bytes(_ symbol: Symbol) -> ArraySlice<UInt8> {
        symbol.isNone ? [] : keys[ends[Int(symbol.rawValue) - 1]..<ends[Int(symbol.rawValue)]]
    }

    /// The same texts in the same order.
    public static func == (first: Self, second: Self) -> Bool { first.texts == second.texts }

    /// The symbol of a text that was seen before; nil when it was not.
    public func find(_ text: String) -> Symbol? {
        var text = text
        if text.isEmpty { return Symbol.none }
        return text.withUTF8 { bytes in
            guard bytes.count <= Self.maximumBytes else { return nil }
            let slot = slot(of: bytes, hash: Self.hash(bytes))
            return slots[slot] == 0 ? nil : Symbol(UInt32(truncatingIfNeeded: slots[slot]))
        }
    }

    /// The symbol of a text.
    public mutating func intern(_ text: String) -> Symbol {
        var text = text
        return text.withUTF8 { intern($0) }
    }

    /// The symbol of these UTF-8 bytes; none of no bytes.
    mutating func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> Symbol {
        if bytes.isEmpty { return .none }
        if bytes.count > Self.maximumBytes { return internLong(bytes) }
        let hash = Self.hash(bytes)
        let slot = slot(of: bytes, hash: hash)
        if slots[slot] != 0 { return Symbol(UInt32(truncatingIfNeeded: slots[slot])) }
        let symbol = UInt32(truncatingIfNeeded: texts.count)
        texts.append(String(decoding: bytes, as: UTF8.self))
        hashes.append(hash)
        keys.append(contentsOf: bytes)
        ends.append(keys.count)
        slots[slot] = Self.entry(symbol, hash)
        if texts.count * 2 > slots.count { grow() }
        return Symbol(symbol)
    }

    /// The symbol here of a text of another table, byte by byte.
    mutating func intern(_ symbol: Symbol, of other: SymbolTable) -> Symbol {
        let index = Int(symbol.rawValue)
        guard index > 0 else { return .none }
        return other.bytes(symbol).withUnsafeBufferPointer { intern($0) }
    }

    private mutating func internLong(_ bytes: UnsafeBufferPointer<UInt8>) -> Symbol {
        var text = String(decoding: bytes.prefix(Self.maximumBytes - 32), as: UTF8.self)
        text += "…#" + String(Self.hash(bytes), radix: 16)
        return intern(String(decoding: text.utf8.prefix(Self.maximumBytes), as: UTF8.self))
    }

    private func slot(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry >> 32 == hash >> 32, isEqual(Int(UInt32(truncatingIfNeeded: entry)), bytes) {
                return slot
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private static func entry(_ symbol: UInt32, _ hash: UInt64) -> UInt64 {
        hash & 0xFFFF_FFFF_0000_0000 | UInt64(symbol)
    }

    private func isEqual(_ candidate: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = ends[candidate - 1]
        guard ends[candidate] - start == bytes.count else { return false }
        return keys.withUnsafeBytes { all in
            let other = UnsafeRawBufferPointer(bytes)
            var offset = 0
            while offset + 8 <= other.count {
                let one = all.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
                if one != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
                offset += 8
            }
            while offset < other.count {
                if all[start + offset] != other[offset] { return false }
                offset += 1
            }
            return true
        }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for symbol in 1..<texts.count {
            var slot = Int(truncatingIfNeeded: hashes[symbol]) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Self.entry(UInt32(truncatingIfNeeded: symbol), hashes[symbol])
        }
    }

    /// A multiply-and-fold hash, eight bytes at a time (the mixing step of wyhash).
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(bytes)
        var hash = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 8 <= raw.count {
            hash = mix(
                hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0xA076_1D64_78BD_642F)
            index += 8
        }
        var rest: UInt64 = 0
        while index < raw.count {
            rest = rest << 8 | UInt64(raw[index])
            index += 1
        }
        return mix(hash ^ rest, 0xE703_7ED1_A0B4_28DB)
    }

    private static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.high ^ product.low
    }
}
