import CPseudoTerminal
import Foundation

/// A program on a pseudo-terminal of its own: what it writes, and what is left when it is gone.
final class PseudoTerminal: @unchecked Sendable {
    let pid: pid_t
    private var master: Int32
    private var output: [UInt8] = []
    private var isHungUp = false
    /// The modes before the program changed anything.
    let modesBefore: UInt64

    /// - Parameter changes: the environment's variables that differ from those of the tests; nil takes one away.
    init(
        _ path: String, _ arguments: [String], rows: Int = 24, columns: Int = 80,
        _ changes: [String: String?] = [:]
    ) {
        var environment = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "TMUX", "STY"] { environment[name] = nil }
        environment["TERM"] = "xterm-256color"
        environment["LANG"] = "C.UTF-8"
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment["XDG_CONFIG_HOME"] = "/nonexistent"
        environment["XDG_STATE_HOME"] = "/nonexistent"
        for (name, value) in changes { environment[name] = value }
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        var descriptor: Int32 = -1
        var modes: UInt64 = 0
        pid = pt_spawn(path, &argv, &envp, Int32(rows), Int32(columns), &descriptor, &modes)
        master = descriptor
        for pointer in argv + envp { free(pointer) }
        modesBefore = modes
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        kill(pid, SIGKILL)
        hangUp()
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

    /// Waits until a condition holds; what the program writes is read meanwhile.
    func waits(seconds: Double = 30, until condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            drain()
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Whether a signal has stopped the program.
    var isStopped: Bool { pt_is_stopped(pid) == 1 }

    /// Whether the program has ended.
    var hasEnded: Bool { waitpid(pid, nil, WNOHANG) == pid }

    /// Closes the terminal as a window that is closed does.
    func hangUp() {
        guard !isHungUp else { return }
        isHungUp = true
        close(master)
        master = -1
    }

    /// How often the program's threads have gone to sleep so far: proc(5), `voluntary_ctxt_switches`.
    var sleeps: Int {
        let folder = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.reduce(0) { sum, thread in
            let status = (try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
            return sum + (Int(line?.split(whereSeparator: \.isWhitespace).last ?? "") ?? 0)
        }
    }

    /// How many bytes the program has written since they were forgotten.
    var byteCount: Int { output.count }

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
