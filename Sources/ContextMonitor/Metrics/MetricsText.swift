/// Writes Prometheus' text format 0.0.4 or OpenMetrics 1.0.
struct MetricsText {
    /// The two formats.
    enum Format: Sendable {
        case text, openMetrics

        /// What the text is served as (Prometheus, "Exposition formats"; OpenMetrics 1.0, "Negotiation").
        var mediaType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }

        /// Chooses by a request's `Accept` (RFC 9110 section 12.5.1): OpenMetrics only where it is named, and text
        /// is not preferred.
        init(accept: String?) {
            var qualities: [Substring: Double] = [:]
            for range in (accept ?? "").split(separator: ",") {
                let words = range.split(separator: ";").map { $0.drop { $0 == " " } }
                guard let type = words.first?.prefix(while: { $0 != " " }) else { continue }
                let quality = words.dropFirst().last { $0.hasPrefix("q=") }.map {
                    Double($0.dropFirst(2)) ?? 0
                }
                qualities[type] = max(qualities[type] ?? 0, quality ?? 1)
            }
            let openMetrics = qualities["application/openmetrics-text"] ?? 0
            self = openMetrics > 0 && openMetrics >= qualities["text/plain"] ?? 0 ? .openMetrics : .text
        }
    }

    /// The kinds of families that are written here.
    enum Kind: String { case gauge, counter, histogram, info }

    let format: Format
    private(set) var text = ""

    /// An empty text of that format.
    init(_ format: Format) { self.format = format }

    /// Begins a family; its samples must follow before another one begins.
    mutating func family(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String) {
        switch format {
        case .openMetrics:
            text += "# TYPE \(name) \(kind.rawValue)\n"
            if let unit { text += "# UNIT \(name) \(unit)\n" }
            text += "# HELP \(name) \(help)\n"
        case .text:
            // Here a family has the name of its samples, and no unit.
            let (suffix, word) =
                switch kind {
                case .counter: ("_total", "counter")
                case .info: ("_info", "gauge")
                case .gauge, .histogram: ("", kind.rawValue)
                }
            text += "# HELP \(name)\(suffix) \(help)\n# TYPE \(name)\(suffix) \(word)\n"
        }
    }

    /// Adds one sample; labels without a value are left out.
    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
        text += name
        let written = labels.filter { !$0.1.isEmpty }.map { "\($0)=\"\(Self.escaped($1))\"" }
        if !written.isEmpty { text += "{" + written.joined(separator: ",") + "}" }
        text += " \(Self.number(value))\n"
    }

    /// Adds the samples of a histogram family.
    mutating func histograms(_ name: String, _ labels: [String], _ histograms: LabelledHistograms) {
        for (values, histogram) in histograms.byLabels.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }
        ) {
            let own = Array(zip(labels, values))
            for (bound, count) in histogram.cumulative {
                sample(name + "_bucket", own + [("le", "\(bound)")], Double(count))
            }
            sample(name + "_bucket", own + [("le", "+Inf")], Double(histogram.count))
            sample(name + "_count", own, Double(histogram.count))
            sample(name + "_sum", own, histogram.sum)
        }
    }

    /// Ends the text.
    mutating func end() { if case .openMetrics = format { text += "# EOF\n" } }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// A label's value with the three characters escaped that would end it.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n", "\r\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
