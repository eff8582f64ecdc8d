import Screen
import Testing

@testable import Terminal

/// Colours and the clipboard, which need no terminal.
@Suite struct TerminalValueTests {
    @Test(
        arguments: [
            ("#000000", 16), ("#ffffff", 231), ("#5fafff", 75), ("#d0d0d0", 252), ("#8a8a8a", 245),
            ("#5fd75f", 77),
            ("#ffd75f", 221), ("#ff5f5f", 203), ("#585858", 240), ("#ff0000", 196), ("#121212", 233),
            ("#080808", 232),
        ] as [(String, Int)])
    func aColourHasItsNearestOf256(_ text: String, _ number: Int) throws {
        let colour = try #require(RGBColour(text))
        #expect(colour.nearestOf256 == number)
        #expect(colour.text == text)
    }

    @Test(arguments: ["", "5fafff", "#5faff", "#5faffff", "#gggggg", "#+12345", "# 12345"])
    func whatIsNoColourIsRefused(_ text: String) { #expect(RGBColour(text) == nil) }

    /// RFC 4648 section 10.
    @Test(
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]) func theClipboardTravelsInBase64(_ text: String, _ encoded: String)
    {
        #expect(ClipboardText.base64(Array(text.utf8)) == encoded)
    }

    @Test func everyRoleHasItsPlace() {
        #expect(Style.Role.allCases.map(\.place) == Array(0..<Style.Role.allCases.count))
    }

    @Test func theBuiltInThemeNamesEveryRoleButPlainText() {
        #expect(Set(Theme.builtIn.looks.keys) == Set(Style.Role.allCases).subtracting([.normal]))
        #expect(Theme.builtIn.looks.values.allSatisfy { $0.colour != nil })
    }
}
