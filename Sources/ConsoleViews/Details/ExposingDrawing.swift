import ConsoleModel
import Screen
import WireProtocol

/// The lines that would make a backend's pattern visible, where it cannot be seen.
enum ExposingDrawing {
    /// For the first backend whose pattern cannot be seen; none when every pattern can.
    static func lines(_ state: ConsoleState, width: Int) -> [StyledLine] {
        let coverage = state.backends.lazy.map(\.dialect.coverage).first { !$0.exposingLines.isEmpty }
        return coverage.map { lines($0, width: width) } ?? []
    }

    /// For what one source can show.
    static func lines(_ coverage: Coverage, width: Int) -> [StyledLine] {
        guard !coverage.exposingLines.isEmpty else { return [] }
        return [StyledLine("   these lines would expose it:", .dim)]
            + coverage.exposingLines.flatMap { text in
                shown(text, width: max(1, width - 6)).map { StyledLine("     " + $0, Style(.accent)) }
            }
    }

    /// As it is written where it fits, so that it can be copied.
    private static func shown(_ text: String, width: Int) -> [String] {
        TextMetrics.standard.width(of: text) <= width ? [text] : Wrapping.lines(text, width: width)
    }
}
