import Foundation

/// Files beside these tests.
enum GoldenFile {
    static func text(_ path: String) throws -> String {
        try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: path),
            encoding: .utf8)
    }
}
