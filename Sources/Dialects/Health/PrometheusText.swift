import WireProtocol

/// One sample of a metrics page.
struct MetricSample: Hashable {
    /// The metric's name, suffix included.
    let name: String
    /// The labels as they were written, without braces.
    let labels: String
    /// The value.
    let value: Double
}

/// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0: lines `name{labels} value [time]`.
enum PrometheusText {
    /// How many samples one page may give; the rest is left out.
    static let maximumSamples = 10_000

    /// Whether the text is a metrics page: its first line is a HELP or TYPE, or a sample.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        let start = String(decoding: bytes.prefix(200), as: UTF8.self).drop(while: \.isWhitespace)
        return start.hasPrefix("# HELP ") || start.hasPrefix("# TYPE ")
    }

    /// The samples in order; lines that are none are left out.
    static func samples(_ bytes: [UInt8]) -> [MetricSample] {
        var samples: [MetricSample] = []
        for line in bytes.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
            guard samples.count < maximumSamples else { break }
            if let sample = sample(String(decoding: line.prefix(4096), as: UTF8.self)) {
                samples.append(sample)
            }
        }
        return samples
    }

    private static func sample(_ line: String) -> MetricSample? {
        let name = line.prefix { $0 != "{" && $0 != " " && $0 != "\t" }
        guard !name.isEmpty else { return nil }
        var rest = line.dropFirst(name.count)
        var labels = ""
        if rest.first == "{" {
            guard let end = rest.lastIndex(of: "}") else { return nil }
            labels = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        guard let word = rest.split(whereSeparator: \.isWhitespace).first, let value = Double(word) else {
            return nil
        }
        return MetricSample(name: String(name), labels: labels, value: value)
    }

    /// A number as a person writes it: without a fraction where there is none.
    static func text(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension [MetricSample] {
    /// The sum over all labels of that metric; nil when there is none, or it is no count.
    func sum(_ name: String) -> Int? {
        let values = filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : Int(exactly: values.reduce(0, +).rounded())
    }
}
