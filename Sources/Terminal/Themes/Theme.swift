import CNcurses
import Screen

/// Which colours each role has.
public struct Theme: Sendable {
    /// The name that `--theme` takes.
    public let name: String
    /// The colours of each role, from the 256 of xterm; -1 is the terminal's own.
    let colors: [Style.Role: Colors]

    /// Foreground, background, and the nearest of the first 8 for terminals that have no more.
    struct Colors: Sendable {
        var foreground: Int
        var background = -1
        var basic: Int
        var attributes: UInt32 = 0
    }

    /// Every theme, the default one first.
    public static let all: [Theme] = [.dark, .light, .colourBlind]

    /// The attributes that carry meaning where there is no colour.
    static func monochromeAttributes(_ role: Style.Role) -> UInt32 {
        switch role {
        case .critical: UInt32(CN_BOLD | CN_UNDERLINE)
        case .warning, .accent, .key, .header: UInt32(CN_BOLD)
        case .dim, .border: UInt32(CN_DIM)
        case .normal, .title, .ok, .notice: 0
        }
    }
}
