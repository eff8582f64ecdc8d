import Screen

extension Theme {
    /// The theme that needs no file: `Assets/themes/dark.toml`, word for word.
    public static let builtIn = Theme(
        name: "dark",
        looks: [
            .title: Look(colour: RGBColour("#5fafff"), basic: .cyan),
            .header: Look(colour: RGBColour("#d0d0d0"), basic: .white),
            .dim: Look(colour: RGBColour("#8a8a8a"), attributes: .dim),
            .ok: Look(colour: RGBColour("#5fd75f"), basic: .green),
            .notice: Look(colour: RGBColour("#5fd7d7"), basic: .cyan),
            .warning: Look(colour: RGBColour("#ffd75f"), basic: .yellow),
            .critical: Look(colour: RGBColour("#ff5f5f"), basic: .red, attributes: .bold),
            .accent: Look(colour: RGBColour("#87d7ff"), basic: .cyan),
            .key: Look(colour: RGBColour("#87d7ff"), basic: .cyan),
            .border: Look(colour: RGBColour("#585858"), attributes: .dim),
        ])
}
