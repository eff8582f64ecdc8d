public import PatternDetection
public import WireProtocol

/// What a probe reported: the document of `ctxtop probe --format json`.
public struct ProbeResult: Equatable, Sendable {
    /// The name of the document's schema.
    public static let schema = "ctxtop.probe/1"

    /// The backend that was probed.
    public let url: String
    /// Whether each run of a path passed, in the order of the document.
    public let runs: [ConsumerPath: [Bool]]

    /// Reads a document; nil when it is not one of the schema, or a run names no path or no result.
    ///
    /// A run that no backend answered tests nothing and is left out.
    public init?(json: JSONValue) {
        guard json["schema"]?.string == Self.schema, let url = json["url"]?.string,
            let rows = json["runs"]?.array
        else { return nil }
        var runs: [ConsumerPath: [Bool]] = [:]
        for row in rows {
            guard let path = row["path"]?.string, let isPassed = row["passed"]?.bool else { return nil }
            if row["answered"]?.bool == false { continue }
            runs[ConsumerPath(rawValue: path), default: []].append(isPassed)
        }
        (self.url, self.runs) = (url, runs)
    }
}
