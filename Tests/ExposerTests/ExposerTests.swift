import Testing

/// The Python side, tested in Python with FastAPI and Starlette from PyPI, and with the ctxtop built here.
@Suite(
    .serialized,
    .enabled("FastAPI comes from PyPI, or from an earlier run; else the line above says what failed") {
        await PythonEnvironment.isReady
    })
struct ExposerTests {
    @Test(arguments: PythonEnvironment.files) func thePythonTestsPass(_ file: String) async throws {
        let result = try await PythonEnvironment.test(file)
        #expect(result.status == 0, "\(file):\n\(result.output)")
        #expect(!result.output.contains("CTXTOP names no"), "\(result.output)")
    }
}
