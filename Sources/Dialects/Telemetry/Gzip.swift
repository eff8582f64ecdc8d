import CZlib

/// Unpacks gzip (RFC 1952) and deflate with a bound on what comes out, for bodies of requests and answers.
public enum Gzip {
    /// The content of all members, one after the other.
    ///
    /// - Parameter limit: the most bytes that are accepted unpacked; a small body can unpack to a thousand times its size.
    public static func unpack(_ bytes: [UInt8], limit: Int) throws(TelemetryError) -> [UInt8] {
        try unpack(bytes, CZ_GZIP, limit)
    }

    /// The content of what HTTP calls `deflate`: a zlib stream, or the bare one that some servers send.
    ///
    /// - Parameter limit: as for ``unpack(_:limit:)``.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(TelemetryError) -> [UInt8] {
        do throws(TelemetryError) { return try unpack(bytes, CZ_ZLIB, limit) } catch {
            if case .tooLarge = error { throw error }
            return try unpack(bytes, CZ_RAW, limit)
        }
    }

    private static func unpack(
        _ bytes: [UInt8], _ format: Int, _ limit: Int
    ) throws(TelemetryError) -> [UInt8] {
        var content: UnsafeMutablePointer<UInt8>?
        let length = bytes.withUnsafeBufferPointer {
            cz_unpack($0.baseAddress, $0.count, limit, Int32(format), &content)
        }
        defer { cz_free(content) }
        switch length {
        case Int64(CZ_TOO_LARGE): throw .tooLarge(limit: limit)
        case ..<0: throw .gzip
        default: return Array(UnsafeBufferPointer(start: content, count: Int(length)))
        }
    }
}
