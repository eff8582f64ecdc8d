import Foundation
import Testing

/// A backend whose process has no file descriptor left.
@Suite(.timeLimit(.minutes(5))) struct DescriptorTests {
    @Test func aBackendWithoutDescriptorsWaitsAndRecovers() async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The limit of connections is above that of descriptors: nothing but the pause is left.
        process.arguments = [
            "-c",
            "ulimit -n 96; exec \(Programs.backend) serve --port 0 --insecure-loopback --connections 9999",
        ]
        let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let pid = process.processIdentifier
        defer { kill(pid, SIGKILL) }
        var line = ""
        while !line.hasSuffix("\n") {
            let piece = output.fileHandleForReading.readData(ofLength: 1)
            if piece.isEmpty { break }
            line += String(decoding: piece, as: UTF8.self)
        }
        let port = try #require(line.split(separator: ":").last.flatMap { UInt16($0.dropLast()) })
        let sockets = (0..<150).map { _ in Self.connect(port) }
        try await waitUntil { Self.text(log).contains("no file descriptor is left") }
        let before = try Self.processorSeconds(pid)
        try await Task.sleep(for: .seconds(3))
        // It took two of three seconds when it tried without a pause.
        #expect(try Self.processorSeconds(pid) - before < 1)
        for socket in sockets { close(socket) }
        let url = URL(string: "http://127.0.0.1:\(port)/livez")
        try await waitUntil { (try? Data(contentsOf: try #require(url))) == Data("ok".utf8) }
        #expect(Self.text(log).components(separatedBy: "no file descriptor is left").count == 2)
    }

    private func waitUntil(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("waited for 60 s")
    }

    private static func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    /// Opens a connection and sends nothing.
    private static func connect(_ port: UInt16) -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return socket
    }

    /// The processor time of a process so far: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms.
    private static func processorSeconds(_ pid: pid_t) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return Double((Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)) / 100
    }
}
