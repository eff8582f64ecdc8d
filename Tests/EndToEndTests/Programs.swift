import Foundation

/// The programs under test, built beside the test bundle.
enum Programs {
    /// The folder that holds the products.
    static let folder: URL = {
        for argument in CommandLine.arguments where argument.contains("ctxtopPackageTests") {
            return URL(filePath: argument).deletingLastPathComponent()
        }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    static let console = folder.appending(path: "ctxtop").path
    static let backend = folder.appending(path: "ctxtop-backend").path

    /// Runs a program to its end and gives what it said.
    static func run(_ path: String, _ arguments: [String]) async throws -> (
        status: Int32, output: String, error: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        // No thread may wait here: the tests share a pool of as many threads as there are cores.
        let (ends, ended) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.yield($0.terminationStatus) }
        try process.run()
        async let said = Self.contents(output)
        async let complained = Self.contents(error)
        let texts = await (said, complained)
        var status: Int32 = -1
        for await end in ends {
            status = end
            break
        }
        return (status, texts.0, texts.1)
    }

    /// Writes a file of secrets, which its owner alone may read.
    static func writeSecret(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private static func contents(_ pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: String(
                        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }
}

/// A real backend process on a free port.
final class BackendProcess: Sendable {
    let url: String
    private let pid: pid_t

    /// Starts it and waits for its line.
    init(_ arguments: [String], port: Int = 0, insecureLoopback: Bool = true) async throws {
        let process = Process()
        process.executableURL = URL(filePath: Programs.backend)
        let access = insecureLoopback ? ["--insecure-loopback"] : []
        process.arguments = ["serve", "--port", String(port)] + access + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        pid = process.processIdentifier
        let line = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.detachNewThread {
                var line = ""
                while !line.hasSuffix("\n") {
                    let piece = output.fileHandleForReading.readData(ofLength: 1)
                    if piece.isEmpty { break }
                    line += String(decoding: piece, as: UTF8.self)
                }
                continuation.resume(returning: line)
            }
        }
        url = String(line.split(separator: " ").last ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func kill() { Foundation.kill(pid, SIGKILL) }

    deinit { kill() }
}
