import Testing
import WireProtocol

@testable import ConsoleApp

/// TOML as settings use it: what is read, how mistakes are placed, and that no text can end the console.
@Suite struct TOMLParserTests {
    /// The value at a dotted key of `text`, as plain words.
    private func read(_ text: String, _ path: String...) throws -> String {
        var value = TOMLValue.table(try TOMLParser.parse(text))
        for name in path {
            guard case .table(let table) = value else { return "no table at \(name)" }
            value = try #require(table.values[name])
        }
        return words(value)
    }

    private func words(_ value: TOMLValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let isTrue): "\(isTrue)"
        case .list(let list): "[" + list.map(words).joined(separator: ",") + "]"
        case .table(let table): "{" + table.values.keys.sorted().joined(separator: ",") + "}"
        }
    }

    private func mistake(_ text: String) -> String {
        do throws(ConfigurationError) {
            _ = try TOMLReader(text, file: "c.toml")
            return "none"
        } catch { return error.description }
    }

    @Test(arguments: [
        (#"a = "x""#, "x"), ("a = 'c:\\d'", "c:\\d"), (#"a = "\t\"\\\u00e9\U0001F600""#, "\t\"\\é😀"),
        ("a = \"\"\"\none\n\"two\" \\\n   three\"\"\"\"", "one\n\"two\" three\""),
        ("a = '''\r\none\r\ntwo'''", "one\ntwo"), ("a = \"\"", ""), ("a = ''''''", ""),
        ("a = 7", "7"), ("a = -7", "-7"), ("a=+1_000", "1000"), ("a = 0x_f", "none"), ("a = 0xff", "255"),
        ("a = 0o17", "15"), ("a = 0b11", "3"), ("a = 9223372036854775807", "9223372036854775807"),
        ("a = true # yes", "true"), ("a = false\r\n", "false"), ("\u{FEFF}a = 1", "1"),
        ("a = [1, [2],\n # three\n 'x', ]", "[1,[2],x]"), ("a = []", "[]"), ("a = {}", "{}"),
        ("a = { b = 1, c.d = 2 }", "{b,c}"), ("a.b = 1\na.c = 2", "{b,c}"), ("[a.b]\n[a]\nc = 1", "{b,c}"),
        ("\"a\" = 'quoted'", "quoted"), ("# nothing\n\n\t a = 1", "1"),
    ]) func aValueIsRead(_ text: String, _ expected: String) throws {
        if expected == "none" {
            #expect(mistake(text) != "none")
        } else {
            #expect(try read(text, "a") == expected)
        }
    }

    @Test func namesOfEveryKindFindTheirTables() throws {
        let text = "[ a . \"b.c\" . 'd' ]\ne = 1\n[x.\"\"]\ny-_1 = 2"
        #expect(try read(text, "a", "b.c", "d", "e") == "1")
        #expect(try read(text, "x", "", "y-_1") == "2")
    }

    @Test(arguments: [
        ("a = 1\n[interface", "line 2, column 11: expected \"]\" after the table's name, found the end"),
        ("[a]]", "line 1, column 4: expected the end of the line, found \"]\""),
        ("[a b]", "line 1, column 4: expected \"]\""),
        ("\n\n[]", "line 3, column 2: expected a name of letters"),
        ("[a.]", "line 1, column 4: expected a name"), ("[[a]]", "no setting is a list of tables"),
        ("[\"\"\"a\"\"\"]", "a name cannot be in triple quotes"),
        ("[a]\n[a]", "line 2, column 1: \"a\" is defined twice"),
        ("a = 1\na = 2", "line 2, column 1: \"a\" is defined twice"), ("a = 1\n[a.b]", "already has a value"),
        ("a = { b = 1 }\na.c = 2", "cannot be extended"), ("a = { b.c = 1 }\n[a.b]", "already has a value"),
        ("é = 1", "found a letter outside ASCII"),
        ("a", "expected \"=\" after the key, found the end of the file"),
        ("a =", "expected a value"), ("a = yes", "expected a text in quotes"), ("a = 1.5", "expected a text"),
        ("a = 1979-05-27", "expected a text"), ("a = 01", "expected a text"), ("a = 1__0", "expected a text"),
        ("a = 9223372036854775808", "outside the range"), ("a = \"x", "has no closing quote"),
        ("a = \"x\nb = 1", "has no closing quote on its line"),
        ("a = '''x\n", "has no closing quote"), ("a = \"\\q\"", "unknown escape"),
        ("a = \"\\", "unknown escape"),
        ("a = \"\\ud800\"", "expected 4 hexadecimal digits"),
        ("a = \"\\u12", "expected 4 hexadecimal digits"),
        ("a = \"\u{7}\"", "contains a control character"), ("# \u{7}", "contains a control character"),
        ("a = [1 2]", "expected \",\" or \"]\""), ("a = [", "expected a value"),
        ("a = { b = 1", "expected \",\""),
        ("a = { b = 1, }", "expected a name"), ("\u{1}", "found a control character"),
        ("a = 1 b = 2", "expected the end"),
    ]) func aMistakeIsPlaced(_ text: String, _ message: String) {
        #expect(mistake(text).hasPrefix("c.toml: line "))
        #expect(mistake(text).contains(message))
    }

    @Test func nestingIsBounded() {
        let deep = TOMLParser.maximumDepth
        #expect(
            mistake(
                "a = " + String(repeating: "[", count: deep - 1) + String(repeating: "]", count: deep - 1))
                == "none")
        #expect(mistake("a = " + String(repeating: "[", count: 100_000)).contains("nest more than 32 levels"))
        #expect(
            mistake("a = " + String(repeating: "{b=", count: 100_000)).contains("nest more than 32 levels"))
        #expect(mistake("[" + String(repeating: "a.", count: 100_000) + "a]").contains("more than 32 parts"))
    }

    /// Generated from the characters that mean something in TOML, so that most texts get past the first byte.
    @Test func everyTextEndsInATableOrAMistake() throws {
        var random = SeededGenerator(seed: 20_261_130)
        let pieces = [
            "[", "]", "[[", "{", "}", "=", ".", ",", "#", "\n", "\r", "\r\n", " ", "\t", "\"", "'", "\"\"\"",
            "'''",
            "\\", "\\u", "0", "x", "_", "-", "+", "a", "true", "é", "\u{0}", "\u{7F}", "\u{2028}", "😀", "1_0",
            ":",
        ]
        var tables = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &random)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
                .joined()
            do throws(TOMLMistake) {
                _ = try TOMLParser.parse(text)
                tables += 1
            } catch {
                let place = error.place(in: text)
                #expect(error.offset <= text.utf8.count)
                #expect(place.line >= 1 && place.column >= 1)
                #expect(!error.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
            }
        }
        #expect(tables > 500)
    }

    /// Every file that is one byte away from a right one, at every place.
    @Test func everySlipInARightFileIsReadOrPlaced() {
        let right = Array(
            "[interface]\nascii = true\n[targets.\"a b\"]\nurl = 'http://h' # x\nusers = [\"u\", \"v\"]\n"
                .utf8)
        for place in right.indices {
            for byte in "[]{}=.,#\n\"'\\ \u{1}0".utf8 {
                var slipped = right
                slipped[place] = byte
                let text = mistake(String(decoding: slipped, as: UTF8.self))
                #expect(text == "none" || text.hasPrefix("c.toml: line "))
                slipped = right
                slipped.remove(at: place)
                let shorter = mistake(String(decoding: slipped, as: UTF8.self))
                #expect(shorter == "none" || shorter.hasPrefix("c.toml: line "))
            }
        }
    }
}
