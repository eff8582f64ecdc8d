import Screen

extension Theme {
    /// Bright letters on whatever dark background the terminal has.
    public static let dark = Theme(
        name: "dark",
        colors: [
            .normal: Colors(foreground: -1, basic: -1), .title: Colors(foreground: 75, basic: 6),
            .header: Colors(foreground: 252, basic: 7),
            .dim: Colors(foreground: 245, basic: -1, attributes: 2),
            .ok: Colors(foreground: 77, basic: 2), .notice: Colors(foreground: 80, basic: 6),
            .warning: Colors(foreground: 221, basic: 3),
            .critical: Colors(foreground: 203, basic: 1, attributes: 1),
            .accent: Colors(foreground: 117, basic: 6), .key: Colors(foreground: 117, basic: 6),
            .border: Colors(foreground: 240, basic: -1, attributes: 2),
        ])

    /// Dark letters on whatever light background the terminal has.
    public static let light = Theme(
        name: "light",
        colors: [
            .normal: Colors(foreground: -1, basic: -1), .title: Colors(foreground: 25, basic: 4),
            .header: Colors(foreground: 235, basic: 0), .dim: Colors(foreground: 242, basic: -1),
            .ok: Colors(foreground: 28, basic: 2), .notice: Colors(foreground: 30, basic: 6),
            .warning: Colors(foreground: 130, basic: 3),
            .critical: Colors(foreground: 124, basic: 1, attributes: 1),
            .accent: Colors(foreground: 25, basic: 4), .key: Colors(foreground: 25, basic: 4),
            .border: Colors(foreground: 248, basic: -1),
        ])

    /// Blue, yellow and vermilion of Okabe and Ito (2008), which every kind of colour vision tells apart.
    public static let colourBlind = Theme(
        name: "colour-blind",
        colors: [
            .normal: Colors(foreground: -1, basic: -1), .title: Colors(foreground: 32, basic: 4),
            .header: Colors(foreground: 252, basic: 7),
            .dim: Colors(foreground: 245, basic: -1, attributes: 2),
            .ok: Colors(foreground: 32, basic: 4), .notice: Colors(foreground: 74, basic: 6),
            .warning: Colors(foreground: 221, basic: 3),
            .critical: Colors(foreground: 202, basic: 1, attributes: 1),
            .accent: Colors(foreground: 74, basic: 6), .key: Colors(foreground: 74, basic: 6),
            .border: Colors(foreground: 240, basic: -1, attributes: 2),
        ])
}
