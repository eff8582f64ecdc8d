import Foundation
import Testing
import WireProtocol

@Suite struct JSONParserTests {
    @Test func membersKeepTheirOrderAndRepeats() throws {
        let value = try JSONParser.parse(
            Array(#" {"b":1,"a":[true,null,-2.5e1],"b":"\u00e9\ud83d\ude00"} "#.utf8))
        #expect(value.object?.members.map(\.name) == ["b", "a", "b"])
        #expect(value["b"] == "é😀")
        #expect(value["a"] == [true, .null, -25.0])
    }

    @Test(arguments: [
        ("", JSONError.truncated(offset: 0)), (#"{"a":"#, .truncated(offset: 5)),
        ("[1,]", .unexpected(byte: 0x5D, offset: 3)), ("{} x", .trailing(offset: 3)),
        (#"{"a" 1}"#, .unexpected(byte: 0x31, offset: 5)), ("01", .trailing(offset: 1)),
        ("tru", .truncated(offset: 3)),
    ])
    func aWrongTextIsRefusedWithItsPlace(_ text: String, _ expected: JSONError) {
        #expect(throws: expected) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func nestingIsLimitedNotTrapped() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.tooDeep(offset: JSONParser.maximumDepth)) { try JSONParser.parse(deep) }
    }

    @Test func controlsAreEscapedWhenWritten() {
        #expect(
            JSONValue.string("a\u{1B}[31m\u{9B}\u{7F}\n\"\\é").text == #""a\u001b[31m\u009b\u007f\n\"\\é""#)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let value: JSONValue = [
            "text": "a\"b\\c\u{0}", "numbers": [0, -1, 9_223_372_036_854_775_807, 1.5], "empty": [],
            "object": [:],
            "flags": [true, false, .null],
        ]
        #expect(try JSONParser.parse(value.serialized) == value)
        #expect(try JSONParser.parse(Array(value.prettyText.utf8)) == value)
    }

    /// The JSON parsing suite by Nicolas Seriot, read where the shared folder is there.
    static let suite: [String] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../shared/suites/json/test_parsing")
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).sorted().map { folder.appending(path: $0).path }
    }()

    @Test(arguments: suite) func theParsingSuiteIsDecidedAsItSays(_ path: String) throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let accepted = (try? JSONParser.parse(bytes)) != nil
        switch (path as NSString).lastPathComponent.first {
        case "y": #expect(accepted)
        case "n": #expect(!accepted)
        default: break
        }
    }
}
