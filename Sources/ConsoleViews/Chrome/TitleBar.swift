import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The top line: product, backends and how they are reached, what was dropped, the time.
enum TitleBar {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let right = right(state, width: rect.width)
        let rightWidth = frame.metrics.width(of: right)
        frame.write(" ctxtop  ", line: 0, in: rect, style: .title)
        frame.write(
            backends(state, width: rect.width), x: 9, line: 0, in: rect, style: .title,
            width: rect.width - rightWidth - 10)
        frame.writeRight(right, endingAt: rect.width, line: 0, in: rect, style: .title)
        frame.restyle(line: 0, in: rect) { $0 = .title }
    }

    private static func right(_ state: ConsoleState, width: Int) -> String {
        var parts: [String] = []
        if state.interface.settings.acceptsAnyCertificate { parts.append("INSECURE") }
        if state.interface.isPaused { parts.append("PAUSED") }
        if width >= 100 {
            let rate = state.backends.reduce(0.0) { $0 + $1.statistics.eventsPerSecond(now: state.now) }
            parts.append("events/s \(CountText.grouped(Int(rate.rounded())))")
        }
        parts.append("dropped \(CountText.grouped(dropped(state)))")
        if width >= 100,
            let skew = state.backends.compactMap(\.reception.clockSkew).max(by: { abs($0) < abs($1) })
        {
            parts.append("skew \(AgeText.signed(skew))")
        }
        parts.append(state.now.clock.prefix(5) + "Z ")
        return parts.joined(separator: "   ")
    }

    private static func abs(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }

    /// Events that are known to be lost between backends and screen, let go by this console included.
    private static func dropped(_ state: ConsoleState) -> Int {
        state.backends.reduce(0) { $0.adding($1.reception.counters.eventsDropped) }
    }

    private static func backends(_ state: ConsoleState, width: Int) -> String {
        let mode =
            state.interface.settings.allowsActions
            ? (width >= 100 ? "actions on" : "ACT") : (width >= 100 ? "read-only" : "RO")
        guard let first = state.backends.first else { return "no backend  \(mode)" }
        guard state.backends.count == 1 else { return many(state, mode) }
        let known = [first.identity.version, first.identity.instance].compactMap { $0 }
        return ([first.name + " " + first.link.words(now: state.now)] + known + [mode]).joined(
            separator: "  ")
    }

    /// How many are live, and by name those that are not.
    private static func many(_ state: ConsoleState, _ mode: String) -> String {
        let live = state.backends.count { $0.link.state == .connected }
        let troubled = state.backends.filter { $0.link.state == .lost || $0.link.state == .stale }
        let words = troubled.map { "  \($0.name) \($0.link.words(now: state.now))" }.joined()
        return "\(state.backends.count) backends, \(live) live" + words + "  " + mode
    }
}

extension LinkStatus {
    /// Glyph, word and what follows: `● live`, `✕ lost 2s, retry in 4s: connection refused`.
    func words(now: Timestamp) -> String {
        let age = since.map { " " + AgeText.age(now.since($0)) } ?? ""
        switch state {
        case .connecting: return "◐ connecting"
        case .connected: return "● live"
        case .stale: return "▲ stale" + age
        case .ended: return "– ended"
        case .lost:
            let retry = retryIn.map { duration -> String in
                let left = since.map { duration - now.since($0) } ?? duration
                return left > .zero ? ", retry in \(AgeText.exact(left))" : ", retrying"
            }
            return "✕ lost" + age + (retry ?? "") + (reason.map { ": " + $0 } ?? "")
        }
    }
}
