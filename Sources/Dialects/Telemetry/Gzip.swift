import CZlib

/// Unpacks gzip (RFC 1952) with a bound on what comes out, for bodies of telemetry requests.
public enum Gzip {
    /// The content of all members, one after the other.
    ///
    /// - Parameter limit: the most bytes that are accepted unpacked; a small body can unpack to a thousand times its size.
    public static func unpack(_ bytes: [UInt8], limit: Int) throws(TelemetryError) -> [UInt8] {
        var content: UnsafeMutablePointer<UInt8>?
        let length = bytes.withUnsafeBufferPointer { cz_unpack($0.baseAddress, $0.count, limit, &content) }
        defer { cz_free(content) }
        switch length {
        case Int64(CZ_TOO_LARGE): throw .tooLarge(limit: limit)
        case ..<0: throw .gzip
        default: return Array(UnsafeBufferPointer(start: content, count: Int(length)))
        }
    }
}
