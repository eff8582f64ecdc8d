import ConsoleModel
import PatternDetection
import Screen
import Synchronization
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// Runs the command of `[commands] on-critical`, once for each finding, beside the console.
///
/// What came over the wire is given on standard input and in the environment
/// only, never in the command line, where a shell could obey it.
final class CommandHook: Sendable {
    /// How many may run at the same time; more are left out and told.
    static let maximumRunning = 4
    /// The most bytes of a finding in the environment; execve(2) allows 128 KiB for one variable.
    private static let maximumVariable = 32_768

    private let command: String
    private let limit: Duration
    private let running = Mutex<Set<pid_t>>([])

    /// - Parameter limit: how long it may run before it is ended together with what it started.
    init(_ command: String, limit: Duration = .seconds(10)) {
        self.command = command
        self.limit = limit
        // A command need not read what it is given.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Starts the command for a finding; `complain` is called with what went wrong, if something did.
    func run(_ finding: FindingRecord, complain: @escaping @Sendable (String) -> Void) {
        guard running.withLock({ $0.count < Self.maximumRunning }) else {
            return complain("on-critical was left out for \(finding.id): \(Self.maximumRunning) run already")
        }
        let json = finding.json.text
        guard let (pid, input) = start(finding, json) else {
            return complain("on-critical cannot start: \(String(cString: strerror(errno)))")
        }
        running.withLock { _ = $0.insert(pid) }
        Task.detached { [self] in
            await feed(json + "\n", to: input)
            let ending = await wait(for: pid)
            running.withLock { _ = $0.remove(pid) }
            if let ending { complain("on-critical \(ending)") }
        }
    }

    /// Ends what still runs; nothing may outlive the console unnoticed.
    func stop() { for pid in running.withLock({ $0 }) { kill(-pid, SIGKILL) } }

    private func start(_ finding: FindingRecord, _ json: String) -> (pid: pid_t, input: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        // The screen belongs to the console.
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that the limit ends all of it, and signals as a shell expects them.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments = Self.copies(["/bin/sh", "-c", command])
        var environment = Self.copies(variables(finding, json))
        defer { for text in arguments + environment { free(text) } }
        var pid: pid_t = 0
        let problem = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, &environment)
        close(ends[0])
        guard problem == 0 else {
            close(ends[1])
            errno = problem
            return nil
        }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        return (pid, ends[1])
    }

    /// The texts as execve(2) takes them, with a null at the end; whoever asks frees them.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = []
        for text in texts { copies.append(strdup(text)) }
        return copies + [nil]
    }

    /// The console's environment, and the finding in variables of their own.
    private func variables(_ finding: FindingRecord, _ json: String) -> [String] {
        var own = [
            "CTXTOP_RULE": finding.rule, "CTXTOP_SEVERITY": finding.severity.rawValue,
            "CTXTOP_BACKEND": finding.backend, "CTXTOP_SUBJECT": finding.subject,
            "CTXTOP_SUMMARY": finding.summary,
        ]
        if json.utf8.count <= Self.maximumVariable { own["CTXTOP_FINDING"] = json }
        var variables: [String] = []
        var place = environ
        while let text = place.pointee {
            let variable = String(cString: text)
            if !variable.hasPrefix("CTXTOP_") || variable.hasPrefix("CTXTOP_ASSETS=") {
                variables.append(variable)
            }
            place += 1
        }
        return variables
            + own.map { "\($0.key)=\(PlainText.sanitized(String($0.value.prefix(Self.maximumVariable))))" }
    }

    /// Writes what the command reads; one that does not read is not waited for longer than the limit.
    private func feed(_ text: String, to descriptor: Int32) async {
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        let deadline = ContinuousClock.now + limit
        while !bytes.isEmpty, .now < deadline {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                try? await Task.sleep(for: .milliseconds(20))
            } else if count < 0, errno != EINTR {
                return
            }
        }
    }

    /// Waits for the end, so that no zombie stays; what went wrong, or nil.
    private func wait(for pid: pid_t) async -> String? {
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid { break }
            if ended < 0, errno != EINTR { return nil }
            if .now >= deadline {
                kill(-pid, SIGKILL)
                waitpid(pid, &status, 0)
                return "took longer than \(limit.components.seconds) s and was ended"
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // wait(2): the low seven bits are the signal, the next byte the exit code.
        let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
        if signal != 0 { return "was ended by signal \(signal)" }
        return code == 0 ? nil : "ended with \(code)"
    }
}
