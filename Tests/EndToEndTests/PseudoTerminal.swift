import CPseudoTerminal
import Foundation

/// A program on a pseudo-terminal of its own: what it writes, and what is left when it is gone.
final class PseudoTerminal: @unchecked Sendable {
    let pid: pid_t
    private let master: Int32
    private var output: [UInt8] = []
    /// The modes before the program changed anything.
    let modesBefore: UInt64

    init(_ path: String, _ arguments: [String], rows: Int = 24, columns: Int = 80) {
        var environment = ProcessInfo.processInfo.environment
        environment["TERM"] = "xterm-256color"
        environment["LANG"] = "C.UTF-8"
        environment["SWIFT_BACKTRACE"] = "enable=no"
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        var descriptor: Int32 = -1
        pid = pt_spawn(path, &argv, &envp, Int32(rows), Int32(columns), &descriptor)
        master = descriptor
        for pointer in argv + envp { free(pointer) }
        modesBefore = pt_modes(master)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        kill(pid, SIGKILL)
        close(master)
    }

    var modes: UInt64 { pt_modes(master) }
    var text: String { String(decoding: output, as: UTF8.self) }

    /// Waits until the program has written that text.
    func waits(for wanted: String, seconds: Double = 30) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            drain()
            if text.contains(wanted) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    func forget() { output = [] }

    func type(_ keys: String) { _ = keys.withCString { write(master, $0, strlen($0)) } }

    func resize(rows: Int, columns: Int) { _ = pt_resize(master, Int32(rows), Int32(columns)) }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end: an exit code, or the signal's number below zero.
    func end(seconds: Double = 30) async throws -> Int32? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            drain()
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid {
                drain()
                let signal = status & 0x7F
                return signal == 0 ? status >> 8 & 0xFF : -signal
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(master, &buffer, buffer.count)
            if count <= 0 { return }
            output += buffer[..<count]
        }
    }
}
