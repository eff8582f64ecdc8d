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

/// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0: lines `name{labels} value [time] [# exemplar]`.
enum PrometheusText {
    /// How many samples one page may give; the rest is left out.
    static let maximumSamples = 10_000
    /// How much of a body is looked at to tell a page from a text.
    private static let bytesLookedAt = 16 << 10

    /// Whether the text is a metrics page: it begins with HELP, TYPE or UNIT, or all its first lines are samples.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        var samples = 0
        var hasName = false
        let start = bytes.prefix(bytesLookedAt).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        // The last line may be cut.
        for line in bytes.count > bytesLookedAt ? start.dropLast() : start[...] {
            let text = String(decoding: line, as: UTF8.self).drop(while: \.isWhitespace)
            if text.isEmpty { continue }
            if text.hasPrefix("#") {
                let words = text.dropFirst().split(whereSeparator: \.isWhitespace)
                if ["HELP", "TYPE", "UNIT"].contains(words.first), words.count > 1 { return true }
                if words == ["EOF"] { break }
                continue
            }
            guard let sample = sample(String(text)) else { return false }
            samples += 1
            // `OK 1` is a text; metrics without any description have names of several parts, labels or company.
            hasName =
                hasName || samples > 1 || sample.name.contains("_") || !sample.labels.isEmpty
                || sample.name == "up"
        }
        return hasName
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
        var rest = line.drop(while: \.isWhitespace)
        var name = rest.prefix { $0 != "{" && $0 != " " && $0 != "\t" }
        rest = rest.dropFirst(name.count)
        guard name.isEmpty || isName(name) else { return nil }
        var labels = Substring()
        if rest.drop(while: { $0 == " " }).first == "{" {
            rest = rest.drop { $0 == " " }.dropFirst()
            guard let end = endOfLabels(rest) else { return nil }
            labels = rest[..<end]
            rest = rest[rest.index(after: end)...]
        }
        // A name in quotes stands first between the braces (Prometheus 3, OpenMetrics 2).
        if name.isEmpty, labels.first == "\"", let end = labels.dropFirst().firstIndex(of: "\"") {
            name = labels[labels.index(after: labels.startIndex)..<end]
            labels = labels[labels.index(after: end)...].drop { $0 == "," || $0 == " " }
        }
        let words = rest.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
        guard !name.isEmpty, (1...2).contains(words.count), let value = Double(words[0]),
            words.count == 1 || Double(words[1]) != nil
        else { return nil }
        return MetricSample(name: String(name), labels: String(labels), value: value)
    }

    /// Whether a text is a metric's name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, and in practice with dots.
    private static func isName(_ text: Substring) -> Bool {
        // `failed: 0` is a text.
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first), text.last != ":" else {
            return false
        }
        return text.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "_" || scalar == ":" || scalar == "."
        }
    }

    /// Where the labels end: the first `}` outside of quotes; an exemplar behind the value has braces too.
    private static func endOfLabels(_ text: Substring) -> Substring.Index? {
        var isQuoted = false
        var isEscaped = false
        for place in text.indices {
            let character = text[place]
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = isQuoted
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == "}", !isQuoted {
                return place
            }
        }
        return nil
    }

    /// A number as a person writes it: without a fraction where there is none.
    static func text(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension MetricSample {
    /// Endings of gauges that are 1 for well and 0 for not, as exporters name them.
    private static let truths = [
        "_up", "_healthy", "_alive", "_ready", "health_check_status", "health_status", "healthcheck_status",
        "probe_success",
    ]

    /// Whether it is a gauge that says that something is not well.
    var saysDown: Bool { value == 0 && (name == "up" || Self.truths.contains { name.hasSuffix($0) }) }
}

extension [MetricSample] {
    /// The sum over all labels of that metric; nil when there is none, or it is no count.
    func sum(_ name: String) -> Int? {
        let values = filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : Int(exactly: values.reduce(0, +).rounded())
    }
}
