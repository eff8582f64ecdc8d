import Foundation
import Screen
import Terminal
import Testing

@testable import ConsoleApp

/// Themes as files.
@Suite struct ThemeFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Assets/themes").path
    private static let shelf = ThemeShelf(folders: [folder])

    private func read(_ text: String) throws(ConfigurationError) -> Theme {
        var theme = Theme(name: "x", looks: [:])
        try ThemeFile.apply(TOMLReader(text, file: "x.toml"), to: &theme)
        return theme
    }

    @Test func theBuiltInThemeIsItsFileWordForWord() throws {
        #expect(try ThemeFile.read(Self.folder + "/dark.toml", name: "dark") == Theme.builtIn)
    }

    @Test func threeThemesShip() throws {
        #expect(Self.shelf.names == ["dark", "colour-blind", "light"])
        for name in Self.shelf.names {
            let theme = try Self.shelf.theme(named: name)
            #expect(Set(theme.looks.keys) == Set(Style.Role.allCases).subtracting([.normal]), "\(name)")
        }
    }

    /// WCAG 2.1 asks for 4.5 on text; on black for the dark ones, on white for the light one.
    @Test(arguments: [("dark", 0.0), ("colour-blind", 0.0), ("light", 1.0)])
    func everyColourCanBeRead(_ name: String, _ background: Double) throws {
        for (role, look) in try Self.shelf.theme(named: name).looks where role != .border {
            let colour = try #require(look.colour)
            let light = luminance(colour)
            let contrast = (max(light, background) + 0.05) / (min(light, background) + 0.05)
            #expect(contrast >= 4.5, "\(name): \(role) has \(contrast)")
        }
    }

    private func luminance(_ colour: RGBColour) -> Double {
        let parts = [colour.red, colour.green, colour.blue].map { value -> Double in
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    @Test(
        arguments: [
            ("ok = { colour = \"green\" }", "ok.colour: \"green\" is no colour; write #rrggbb"),
            ("ok = { basic = \"pink\" }", "ok.basic: \"pink\" is none of black, red"),
            ("okay = { bold = true }", "okay: is not known here; known are normal, title"),
            ("ok = { blink = true }", "ok.blink: is not known here; known are colour"),
            ("ok = { bold = 1 }", "ok.bold: must be true or false, is a whole number"),
            ("ok = 3", "ok: must be a table, is a whole number"), ("ok = ", "line 1, column"),
        ])
    func aMistakeIsNamedWithItsPlace(_ text: String, _ words: String) {
        #expect { try read(text) } throws: { "\($0)".hasPrefix("x.toml: " + words) }
    }

    @Test func anUnknownThemeNamesTheKnownOnes() {
        #expect { try Self.shelf.theme(named: "beige") } throws: {
            "\($0)".contains("there are dark, colour-blind, light")
        }
    }

    @Test func withoutAnyFileThereIsTheBuiltInTheme() throws {
        let shelf = ThemeShelf(folders: ["/nonexistent"])
        #expect(shelf.names == ["dark"])
        #expect(try shelf.theme(named: "dark") == Theme.builtIn)
    }

    @Test func assetsAreFoundBesideTheProgramOrInThePackage() {
        #expect(AssetFolder.candidates(environment: "/x", program: "/usr/bin/ctxtop") == ["/x"])
        #expect(AssetFolder.candidates(environment: nil, program: "/usr/bin/ctxtop") == ["/usr/share/ctxtop"])
        #expect(
            AssetFolder.candidates(environment: "", program: AssetFolder.program).last?.hasSuffix("/Assets")
                == true)
    }
}
