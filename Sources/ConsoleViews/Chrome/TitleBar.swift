import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The top line: product, backends and how they are reached, what was dropped, the time.
enum TitleBar {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        var right = state.now.clock.prefix(5) + "Z "
        right = "dropped \(CountText.grouped(dropped(state)))  " + right
        if state.interface.isPaused { right = "PAUSED  " + right }
        let rightText = String(right)
        let rightWidth = frame.metrics.width(of: rightText)
        frame.write(" ctxtop  ", line: 0, in: rect, style: .title)
        frame.write(
            backends(state), x: 9, line: 0, in: rect, style: .title, width: rect.width - rightWidth - 11)
        frame.writeRight(rightText, endingAt: rect.width, line: 0, in: rect, style: .title)
        frame.restyle(line: 0, in: rect) { $0 = .title }
    }

    /// Events that are known to be lost between backends and screen, let go by this console included.
    private static func dropped(_ state: ConsoleState) -> Int {
        state.backends.reduce(0) { $0 + $1.reception.counters.eventsDropped }
    }

    private static func backends(_ state: ConsoleState) -> String {
        guard let first = state.backends.first else { return "no backend" }
        guard state.backends.count == 1 else {
            let live = state.backends.count { $0.link.state == .connected }
            return "\(state.backends.count) backends, \(live) live  RO"
        }
        let known = [first.identity.version, first.identity.instance].compactMap { $0 }
        return ([first.name + " " + first.link.words(now: state.now)] + known + ["RO"]).joined(
            separator: "  ")
    }
}

extension LinkStatus {
    /// Glyph, word and what follows: `● live`, `✕ lost, retry in 4s: connection refused`.
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
                return ", retry in \(AgeText.exact(max(.zero, left)))"
            }
            return "✕ lost" + age + (retry ?? "") + (reason.map { ": " + $0 } ?? "")
        }
    }
}
