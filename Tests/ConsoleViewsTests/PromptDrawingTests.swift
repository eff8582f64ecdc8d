import ConsoleModel
import Screen
import Testing
import WireProtocol

/// The prompt and its candidates as a person sees them while typing.
@Suite struct PromptDrawingTests {
    @Test func nothingStandsBesideACandidate() {
        var driver = Driver(LiveStory.store())
        driver.press(.character("2"))
        driver.press(.character(":"))
        for character in "rep" { driver.press(.character(character)) }
        let lines = driver.frame.lines.dropLast().suffix(1)
        #expect(lines.map { $0.filter { $0 != " " } } == ["report"])
    }

    @Test func theFooterSaysWhereQLeads() {
        var driver = Driver(LiveStory.store())
        #expect(driver.footer.contains("q quit"))
        driver.press(.character("2"))
        #expect(driver.footer.contains("q back"))
        driver.press(.character("q"))
        #expect(driver.screen.contains("NEEDS ATTENTION") && driver.effects.isEmpty)
    }
}

/// Events whose details go on in further lines.
@Suite struct WrappedEventsTests {
    @Test(arguments: [80, 120, 200]) func nothingStandsBehindAWrappedDetail(width: Int) {
        var driver = Driver(LiveStory.store(width: width, height: 24))
        driver.press(.character("5"))
        #expect(driver.screen.contains(" SEQ"))
        driver.press(.character("o"))
        #expect(!driver.screen.contains(" SEQ") && driver.screen.contains("DETAIL"))
        // The sequence numbers went with their column.
        let line = driver.frame.lines.first { $0.contains("page 3 of 9") } ?? ""
        #expect(
            line.trimmingPrefix(while: { $0 != "\"" }).contains("page 3 of 9\" ") && !line.hasSuffix("0 "))
    }
}
