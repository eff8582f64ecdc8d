/// Undoes the codings that `Content-Encoding` names (RFC 9110 section 8.4.1).
public enum ContentCoding {
    /// What came of it.
    public enum Decoded: Equatable, Sendable {
        /// The content.
        case content([UInt8])
        /// Why it could not be decoded: `compressed with br, which is not decoded`.
        case obstacle(String)
        /// The content is larger than the limit.
        case tooLarge
    }

    /// How many codings may be laid over each other; more are an attack, not a server.
    private static let maximumLayers = 3

    /// Decodes a body whose field has that value; nil or `identity` leaves it as it is.
    ///
    /// - Parameter limit: the most bytes that are accepted unpacked.
    public static func decode(_ body: [UInt8], _ field: String?, limit: Int) -> Decoded {
        let codings = (field ?? "").lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
        var content = body
        for coding in codings.reversed().filter({ $0 != "identity" }).prefix(maximumLayers)
        where !content.isEmpty {
            do throws(TelemetryError) {
                switch coding {
                case "gzip", "x-gzip": content = try Gzip.unpack(content, limit: limit)
                case "deflate": content = try Gzip.inflate(content, limit: limit)
                default: return .obstacle("compressed with \(coding.prefix(20)), which is not decoded")
                }
            } catch {
                if case .tooLarge = error { return .tooLarge }
                return .obstacle("the body is not the \(coding) that its Content-Encoding names")
            }
        }
        return .content(content)
    }
}
