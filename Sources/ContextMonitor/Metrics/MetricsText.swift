/// Writes the OpenMetrics 1.0 text format.
struct OpenMetricsText {
    /// The kinds of families that are written here.
    enum Kind: String { case gauge, counter, histogram, info }

    /// What the text is served as (OpenMetrics 1.0, "Negotiation").
    static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    private(set) var text = ""

    /// Begins a family; its samples must follow before another one begins.
    mutating func family(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String) {
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(help)\n"
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
    mutating func end() { text += "# EOF\n" }

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
