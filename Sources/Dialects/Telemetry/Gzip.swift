/// Unpacks gzip (RFC 1952) with a bound on what comes out, for bodies of telemetry requests.
public enum Gzip {
    /// The content of one gzip member.
    ///
    /// - Parameter limit: the most bytes that are accepted unpacked; a small body can unpack to a thousand times its size.
    public static func unpack(_ bytes: [UInt8], limit: Int) throws(TelemetryError) -> [UInt8] {
        guard bytes.count >= 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { throw .gzip }
        let flags = bytes[3]
        var start = 10
        if flags & 4 != 0 { start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        // FNAME and FCOMMENT end with a zero byte.
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { throw .gzip }
            start = end + 1
        }
        if flags & 2 != 0 { start += 2 }
        guard start < bytes.count - 8 else { throw .gzip }
        var inflater = Inflater(bytes[start..<(bytes.count - 8)], limit: limit)
        let content = try inflater.whole()
        let trailer = bytes.suffix(8)
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(trailer[trailer.startIndex + offset + $1]) << UInt32(8 * $1) }
        }
        guard word(4) == UInt32(truncatingIfNeeded: content.count), word(0) == crc(content) else {
            throw .gzip
        }
        return content
    }

    /// RFC 1952 section 8: the polynomial 0xEDB88320, reflected.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 0 ? value >> 1 : 0xEDB8_8320 ^ (value >> 1)
        }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }
}
