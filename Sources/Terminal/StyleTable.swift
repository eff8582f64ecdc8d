import CNcurses
import Screen

/// The number that ncurses knows each style by, for one theme.
struct StyleTable {
    /// By role, then reversed or not, then bold or not.
    private let numbers: [UInt16]

    /// Registers every style; nil draws without colour.
    init(_ theme: Theme?) {
        cn_forget_styles()
        let colours = Int(cn_colors())
        numbers = Style.Role.allCases.flatMap { role in
            [(false, false), (false, true), (true, false), (true, true)].map { isReversed, isBold in
                var attributes = Theme.Attributes()
                var (foreground, background) = (-1, -1)
                if let found = theme?.looks[role], colours >= 8 {
                    attributes = found.attributes
                    (foreground, background) = found.numbers(colours)
                } else {
                    attributes = Theme.monochromeAttributes(role)
                }
                var bits = UInt32(attributes.rawValue)
                if isReversed { bits |= UInt32(CN_REVERSE) }
                if isBold { bits |= UInt32(CN_BOLD) }
                return UInt16(cn_style(Int32(foreground), Int32(background), bits))
            }
        }
    }

    subscript(style: Style) -> UInt16 {
        numbers[style.role.place * 4 + (style.isReversed ? 2 : 0) + (style.isBold ? 1 : 0)]
    }
}

extension Style.Role {
    /// Its place in `allCases`; asked for every cell, so no search.
    var place: Int {
        switch self {
        case .normal: 0
        case .title: 1
        case .header: 2
        case .dim: 3
        case .ok: 4
        case .notice: 5
        case .warning: 6
        case .critical: 7
        case .accent: 8
        case .key: 9
        case .border: 10
        }
    }
}
