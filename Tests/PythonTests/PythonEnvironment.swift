import Foundation

/// A Python environment with FastAPI and the test tools, made once in the build folder.
enum PythonEnvironment {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

    /// The folder that holds the products.
    private static let products: URL = {
        for argument in CommandLine.arguments where argument.contains("ctxtopPackageTests") {
            return URL(filePath: argument).deletingLastPathComponent()
        }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    private static let folder = products.appending(path: "python-venv")
    private static let python = folder.appending(path: "bin/python").path
    private static let preparation = Task { await prepare() }

    /// Whether the environment is there, now or from an earlier run; says why not on standard error.
    static var isReady: Bool { get async { await preparation.value } }

    /// Every file of Python tests, by name.
    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "python").path)
        return (names ?? []).filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }.sorted()
    }()

    /// Runs one file of Python tests; gives its exit status and what it printed.
    static func test(_ file: String) async throws -> (status: Int32, output: String) {
        try await run(
            python,
            [
                "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider",
                tests.appending(path: "python/\(file)").path,
            ],
            adding: [
                "CTXTOP": products.appending(path: "ctxtop").path,
                "CTXTOP_BACKEND": products.appending(path: "ctxtop-backend").path,
            ])
    }

    private static func prepare() async -> Bool {
        let requirements = tests.appending(path: "requirements.txt")
        let stamp = folder.appending(path: "requirements.txt")
        guard let wanted = try? String(contentsOf: requirements, encoding: .utf8) else { return false }
        if (try? String(contentsOf: stamp, encoding: .utf8)) == wanted { return true }
        let steps = [
            ("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder.path]),
            (python, ["-m", "pip", "install", "--quiet", "--retries", "1", "-r", requirements.path]),
        ]
        for (program, arguments) in steps {
            let done = try? await run(program, arguments, adding: ["PIP_DISABLE_PIP_VERSION_CHECK": "1"])
            guard let done, done.status == 0 else {
                let words = done?.output.split(separator: "\n").last ?? "python3 cannot be run"
                FileHandle.standardError.write(
                    Data("PythonTests: skipped, no Python environment: \(words)\n".utf8))
                return false
            }
        }
        return (try? wanted.write(to: stamp, atomically: true, encoding: .utf8)) != nil
    }

    private static func run(
        _ program: String, _ arguments: [String], adding variables: [String: String]
    ) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        let (ends, ended) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.yield($0.terminationStatus) }
        try process.run()
        // No thread may wait here: the tests share a pool of as many threads as there are cores.
        let output = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.detachNewThread {
                continuation.resume(
                    returning: String(
                        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            }
        }
        var status: Int32 = -1
        for await end in ends {
            status = end
            break
        }
        return (status, output)
    }
}
