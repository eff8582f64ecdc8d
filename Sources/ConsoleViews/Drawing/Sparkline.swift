import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// A row of bars for a series of numbers; `--ascii` draws the same bars with fewer levels.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// The last `width` values as bars; the highest one fills its cell. Nothing known draws a dot.
    static func text(_ values: [Double?], width: Int, graph: GraphStyle = .block) -> String {
        switch graph {
        case .block: return blocks(Array(values.suffix(max(0, width))))
        case .braille: return braille(Array(values.suffix(max(0, width * 2))))
        }
    }

    private static func blocks(_ shown: [Double?]) -> String {
        let highest = shown.compactMap { $0 }.max() ?? 0
        return String(
            shown.map { value in
                guard let value else { return "·" }
                guard highest > 0, value > 0 else { return bars[0] }
                return bars[min(bars.count - 1, Int(value / highest * Double(bars.count - 1) + 0.5))]
            })
    }

    /// Two values in each cell, four levels each: the dots of Unicode's braille block, filled from below.
    private static func braille(_ shown: [Double?]) -> String {
        let highest = shown.compactMap { $0 }.max() ?? 0
        func level(_ value: Double?) -> Int {
            guard let value else { return 0 }
            guard highest > 0, value > 0 else { return 1 }
            return min(4, max(1, Int((value / highest * 4).rounded(.up))))
        }
        let left: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
        let right: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
        let padded = shown.count.isMultiple(of: 2) ? shown : [nil] + shown
        var text = String.UnicodeScalarView()
        for index in stride(from: 0, to: padded.count, by: 2) {
            let dots = left[level(padded[index])] | right[level(padded[index + 1])]
            if let scalar = UnicodeScalar(0x2800 + dots) { text.append(scalar) }
        }
        return String(text)
    }

    /// The values in at most `count` groups of equal size, the last one complete; nil where nothing is known.
    static func grouped(_ values: [Double?], into count: Int, _ combine: ([Double]) -> Double) -> [Double?] {
        guard count > 0, values.count > count else { return values }
        let size = (values.count + count - 1) / count
        var groups: [Double?] = []
        var end = values.count
        while end > 0 {
            let known = values[max(0, end - size)..<end].compactMap { $0 }
            groups.insert(known.isEmpty ? nil : combine(known), at: 0)
            end -= size
        }
        return groups
    }
}

/// A bar that shows how much of a limit is used.
enum Gauge {
    /// `███░░░░░░░`; full when the limit is reached or passed.
    static func text(used: Int, limit: Int, width: Int) -> String {
        let share = limit > 0 ? Double(used) / Double(limit) : 0
        let filled = min(width, max(0, Int((share * Double(width)).rounded(.up))))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, width - filled))
    }

    /// Whether a limit is nearly reached, or is.
    static func severity(used: Int, limit: Int) -> Severity? {
        guard limit > 0 else { return nil }
        let share = Double(used) / Double(limit)
        return share >= 1 ? .critical : share >= 0.8 ? .warning : nil
    }
}
