import Testing

/// What Python programs see of us and we of them: exposer, backend and receivers, tested from Python with PyPI packages.
@Suite(
    .serialized,
    .enabled("FastAPI comes from PyPI, or from an earlier run; else the line above says what failed") {
        await PythonEnvironment.isReady
    })
struct PythonTests {
    @Test(arguments: PythonEnvironment.files) func thePythonTestsPass(_ file: String) async throws {
        let result = try await PythonEnvironment.test(file)
        #expect(result.status == 0, "\(file):\n\(result.output)")
        #expect(!result.output.contains("CTXTOP names no"), "\(result.output)")
    }
}
