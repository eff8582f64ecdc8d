import Foundation
import Testing

/// The layers, and who may import whom: the table of README's "How it is built".
///
/// SwiftPM lets a file import its dependency's dependency, so the import lines
/// themselves are held against the table.
@Suite struct LayeringTests {
    /// What each target may import of ours, and of others.
    static let allowed: [String: (ours: Set<String>, others: Set<String>)] = [
        "PatternDetection": ([], []),
        "WireProtocol": (["PatternDetection"], ["Glibc", "Darwin"]),
        "ContextMonitor": (
            ["WireProtocol", "PatternDetection"],
            [
                "DequeModule", "Dispatch", "HTTPTypes", "Hummingbird", "NIOCore", "ServiceLifecycle",
                "Synchronization",
            ]
        ),
        "WebSocketTransport": ([], ["NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization"]),
        "Backend": (
            ["ContextMonitor", "WireProtocol", "PatternDetection", "WebSocketTransport"],
            [
                "DequeModule", "Glibc", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore",
                "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOPosix", "ServiceLifecycle",
                "Synchronization",
            ]
        ),
        "SyntheticUsers": (
            ["WireProtocol", "WebSocketTransport"],
            ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization"]
        ),
        "Screen": ([], []),
        "Terminal": (["Screen", "CNcurses"], ["Dispatch", "Glibc"]),
        "ConsoleModel": (
            ["WireProtocol", "PatternDetection"],
            ["DequeModule", "OrderedCollections", "Synchronization", "_StringProcessing"]
        ),
        "ConsoleViews": (["ConsoleModel", "Screen", "WireProtocol", "PatternDetection"], []),
        "ProtobufMessages": ([], ["Foundation", "FoundationEssentials", "SwiftProtobuf"]),
        "Dialects": (
            ["CZlib", "PatternDetection", "ProtobufMessages", "WireProtocol"],
            ["FoundationEssentials", "SwiftProtobuf"]
        ),
        "ConsoleClient": (
            ["Dialects", "WebSocketTransport", "WireProtocol"],
            [
                "AsyncHTTPClient", "Glibc", "HTTPTypes", "HummingbirdCore", "Logging", "NIOCore", "NIOHPACK",
                "NIOHTTP1", "NIOHTTP2", "NIOHTTPTypes", "NIOPosix", "NIOSSL", "Synchronization",
            ]
        ),
        // It serves what a console reads by the routes that backends embed, so it stands on both.
        "MonitorServer": (
            [
                "ConsoleClient", "ConsoleModel", "ContextMonitor", "PatternDetection", "WebSocketTransport",
                "WireProtocol",
            ],
            [
                "HTTPTypes", "Hummingbird", "HummingbirdTLS", "Logging", "NIOSSL", "ServiceLifecycle",
                "Synchronization",
            ]
        ),
        "ConsoleApp": (
            [
                "ConsoleClient", "ConsoleModel", "ConsoleViews", "Dialects", "PatternDetection", "Screen",
                "Terminal", "WireProtocol",
            ], ["Dispatch", "Glibc", "Synchronization"]
        ),
        "ctxtop": (
            [
                "Backend", "ConsoleApp", "ConsoleClient", "ConsoleModel", "Dialects", "MonitorServer",
                "PatternDetection", "SyntheticUsers", "Terminal", "WireProtocol",
            ], ["ArgumentParser", "AsyncHTTPClient", "Foundation", "Logging", "ServiceLifecycle"]
        ),
        "ctxtop-backend": (
            ["Backend", "ContextMonitor", "PatternDetection", "SyntheticUsers"],
            ["ArgumentParser", "AsyncHTTPClient", "Foundation", "Logging", "ServiceLifecycle", "UnixSignals"]
        ),
    ]

    @Test(arguments: allowed.keys.sorted()) func aTargetImportsOnlyWhatItMay(_ target: String) throws {
        let rule = try #require(Self.allowed[target])
        guard FileManager.default.fileExists(atPath: Self.sources.appending(path: target).path) else {
            return
        }
        for (file, module) in try imports(of: target) {
            #expect(
                rule.ours.contains(module) || rule.others.contains(module),
                "\(target)/\(file) imports \(module)")
        }
    }

    @Test func everyTargetIsInTheTable() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
        #expect(Set(folders) == Set(Self.allowed.keys).union(["CNcurses", "CZlib"]))
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let sources = root.appending(path: "Sources")

    private func imports(of target: String) throws -> [(file: String, module: String)] {
        let folder = Self.sources.appending(path: target)
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var found: [(String, String)] = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
                guard let position = words.firstIndex(of: "import"), position < 2, words.count > position + 1,
                    position == 0 || ["public", "internal", "package"].contains(words[0])
                else { continue }
                let name = words.dropFirst(position + 1).first {
                    !["struct", "class", "enum", "func"].contains($0)
                }
                found.append((file.lastPathComponent, String(name?.split(separator: ".").first ?? "")))
            }
        }
        #expect(!found.isEmpty || Self.allowed[target]?.ours.isEmpty == true)
        return found
    }
}
