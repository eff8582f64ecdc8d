import Foundation
import Screen
import Testing

/// Compares a frame with `Golden/NAME.txt`: the text in bars, a blank line, then the style of every cell.
///
/// `RECORD_GOLDEN=1` rewrites the file and still fails, so that a person reads the difference.
func expectGolden(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let drawn =
        frame.lines.map { "|\($0)|" }.joined(separator: "\n") + "\n\n"
        + frame.styleLines.joined(separator: "\n") + "\n"
    try expectText(drawn, name, sourceLocation: sourceLocation)
}

/// Compares a text with `Golden/NAME.txt`.
func expectText(_ drawn: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try drawn.write(to: file, atomically: true, encoding: .utf8)
        Issue.record("recorded \(name); read the difference", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(drawn == expected, "RECORD_GOLDEN=1 swift test rewrites it", sourceLocation: sourceLocation)
}
