import Screen
import Testing

/// The one gate that every text passes.
@Suite struct FrameTests {
    private func line(_ text: String, width: Int = 12, x: Int = 0, limit: Int? = nil, isASCII: Bool = false)
        -> String
    {
        var frame = Frame(width: width, height: 1, isASCII: isASCII)
        frame.write(text, x: x, line: 0, in: frame.bounds, width: limit)
        return frame.lines[0]
    }

    @Test(
        arguments: [
            ("\u{1B}[31mred", "\u{FFFD}[31mred"), ("a\u{9B}2Jb", "a\u{FFFD}2Jb"), ("a\tb\nc\rd", "a b c d"),
            ("\u{7}\u{0}\u{7F}", "\u{FFFD}\u{FFFD}\u{FFFD}"), ("ab\u{202E}cd", "ab\u{FFFD}cd"),
            ("x\u{2066}y\u{2069}z", "x\u{FFFD}y\u{FFFD}z"), ("t\u{E0041}u", "t\u{FFFD}u"),
            ("a\u{FFF9}b", "a\u{FFFD}b"),
        ] as [(String, String)])
    func whatATerminalCouldObeyIsShownInstead(_ text: String, _ shown: String) {
        #expect(line(text) == shown + String(repeating: " ", count: 12 - shown.unicodeScalars.count))
    }

    @Test func wideCharactersKeepTheirColumns() {
        var frame = Frame(width: 8, height: 1)
        frame.write("漢字|", line: 0, in: frame.bounds)
        #expect((0..<5).map { frame[$0, 0].width } == [2, 0, 2, 0, 1])
        #expect(frame[4, 0].scalar == UInt32(("|" as UnicodeScalar).value))
    }

    @Test func halfOfAWideCharacterIsABlank() {
        #expect(line("a漢", width: 2) == "a ")
        #expect(line("漢a", width: 3, x: -1) == " a ")
        var frame = Frame(width: 4, height: 1)
        frame.write("漢字", line: 0, in: frame.bounds)
        frame.write("x", x: 0, line: 0, in: frame.bounds)
        // What stood behind the overwritten half must not be drawn in its place.
        #expect(frame[0, 0].scalar == UInt32(("x" as UnicodeScalar).value))
        #expect(frame.lines[0].unicodeScalars.count <= 4)
    }

    @Test(arguments: 0...9) func aTextThatIsCutNeverPassesItsLimit(_ limit: Int) {
        for text in ["漢字漢字漢", "abcdefghij", "a漢b字c漢", "e\u{301}e\u{301}e\u{301}e\u{301}", "👩‍👩‍👧‍👦👍🏽"] {
            var frame = Frame(width: 20, height: 1)
            frame.write("|", x: limit, line: 0, in: frame.bounds)
            frame.write(text, line: 0, in: frame.bounds, width: limit)
            #expect(frame[limit, 0].scalar == UInt32(("|" as UnicodeScalar).value), "\(text) in \(limit)")
        }
    }

    @Test func aCutTextEndsInAnEllipsis() {
        #expect(line("abcdefgh", limit: 5) == "abcd…       ")
        #expect(line("漢字漢字", limit: 5) == "漢字…       ")
        #expect(line("漢字漢字", limit: 4) == "漢 …        ")
        #expect(line("abcde", limit: 5) == "abcde       ")
    }

    @Test func aTextWithoutRoomChangesNothing() {
        var frame = Frame(width: 4, height: 1)
        frame.write("abcd", line: 0, in: frame.bounds)
        frame.write("wide", x: 4, line: 0, in: frame.bounds, width: 0)
        frame.write("wide", x: 9, line: 0, in: frame.bounds, width: 3)
        #expect(frame.lines == ["abcd"])
    }

    @Test func combiningCharactersShareTheirCell() {
        var frame = Frame(width: 6, height: 1)
        frame.write("e\u{301}x", line: 0, in: frame.bounds)
        #expect(frame[1, 0].scalar == UInt32(("x" as UnicodeScalar).value))
        #expect(frame.lines[0].hasPrefix("e\u{301}x"))
        frame.write("o" + String(repeating: "\u{302}", count: 50), line: 0, in: frame.bounds)
        #expect(frame.marks[Int(frame[0, 0].marks) - 1].count == 4)
    }

    @Test func aMarkWithoutACharacterIsLeftOut() { #expect(line("\u{301}ab") == "ab          ") }

    @Test func aSequenceOfJoinedEmojiTakesTwoColumns() {
        var frame = Frame(width: 6, height: 1)
        frame.write("👩\u{200D}👧|", line: 0, in: frame.bounds)
        #expect(frame[2, 0].scalar == UInt32(("|" as UnicodeScalar).value))
    }

    @Test func asciiFramesHoldOnlyASCII() {
        #expect(line("● ✕ … 漢é", isASCII: true) == "* x . ? ?   ")
        #expect(line("●✕▲◐↻–│▒█", isASCII: true).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test(arguments: [(0, 0), (1, 1), (40, 10), (80, 24), (400, 120)])
    func nothingIsDrawnOutside(_ width: Int, _ height: Int) {
        var frame = Frame(width: width, height: height)
        let wild = Rect(x: -3, y: -2, width: 1000, height: 1000)
        for line in -5..<200 { frame.write(String(repeating: "漢a", count: 300), x: -7, line: line, in: wild) }
        frame.writeRight("right", endingAt: 2, line: 0, in: frame.bounds)
        #expect(frame.lines.count == height)
        #expect(frame.cells.count == width * height)
        for text in frame.lines { #expect(TextMetrics.standard.width(of: text) == width) }
    }
}
