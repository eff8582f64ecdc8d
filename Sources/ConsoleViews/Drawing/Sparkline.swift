import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// A row of bars for a series of numbers.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// The last `width` values as bars; the highest one fills its cell. Nothing known draws nothing.
    static func text(_ values: [Double], width: Int) -> String {
        let shown = values.suffix(max(0, width))
        guard let highest = shown.max() else { return "" }
        return String(
            shown.map { value in
                guard highest > 0, value > 0 else { return bars[0] }
                return bars[min(bars.count - 1, Int(value / highest * Double(bars.count - 1) + 0.5))]
            })
    }

    /// The values in at most `count` groups of equal size, each the sum or the highest of its members.
    static func grouped(_ values: [Double], into count: Int, _ combine: ([Double]) -> Double) -> [Double] {
        guard count > 0, values.count > count else { return values }
        let size = (values.count + count - 1) / count
        var groups: [Double] = []
        var end = values.count
        while end > 0 {
            groups.insert(combine(Array(values[max(0, end - size)..<end])), at: 0)
            end -= size
        }
        return groups
    }
}

/// A bar that shows how much of a limit is used.
enum Gauge {
    /// `███░░░░░░░`; full when the limit is reached or passed.
    static func text(used: Int, limit: Int, width: Int) -> String {
        let filled = limit > 0 ? min(width, max(0, (used * width + limit - 1) / limit)) : 0
        return String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, width - filled))
    }
}
