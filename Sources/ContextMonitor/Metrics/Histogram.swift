/// How often values fell below each of some bounds, and their sum.
struct Histogram {
    /// Bounds in seconds that OpenTelemetry's GenAI conventions advise for durations: 10 ms doubled 13 times.
    static let seconds = (0..<14).map { 0.01 * Double(1 << $0) }
    /// Bounds in tokens that the same conventions advise: powers of four up to 4^13.
    static let tokens = (0..<14).map { Double(1 << (2 * $0)) }

    let bounds: [Double]
    /// How many values were at most each bound and above the one before; the last is what was above all.
    private var counts: [Int]
    private(set) var sum = 0.0

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// How many values there were.
    var count: Int { counts.reduce(0, +) }

    /// Each bound with the number of values at or below it.
    var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return bounds.indices.map { index in
            total += counts[index]
            return (bounds[index], total)
        }
    }
}

/// Histograms by labels; what has more than a hundred labels goes to one called other.
struct LabelledHistograms {
    /// How many label sets are kept: names come from agents, and those can make up any number.
    static let limit = 100

    let bounds: [Double]
    private(set) var byLabels: [[String]: Histogram] = [:]

    mutating func add(_ value: Double, _ labels: [String]) {
        let isKnown = byLabels[labels] != nil || byLabels.count < Self.limit
        let key = isKnown ? labels : labels.map { $0.isEmpty ? "" : "other" }
        byLabels[key, default: Histogram(bounds)].add(value)
    }
}
