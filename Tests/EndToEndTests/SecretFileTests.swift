import Foundation
import Testing

/// Every program refuses a file of secrets that other users of the machine may read.
@Suite struct SecretFileTests {
    @Test(
        arguments: [
            ("ctxtop-backend", ["serve", "--port", "0", "--token-file"]),
            ("ctxtop-backend", ["serve", "--port", "0", "--insecure-loopback", "--users-file"]),
            ("ctxtop", ["check", "http://127.0.0.1:1", "--token-file"]),
            ("ctxtop", ["check", "http://127.0.0.1:1", "--header-file"]),
            ("ctxtop", ["probe", "http://127.0.0.1:1", "--users-file"]),
            ("ctxtop", ["check", "shop", "--config"]),
        ])
    func aFileThatEveryUserMayReadIsRefused(_ program: String, _ arguments: [String]) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctxtop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let secrets = folder.appending(path: "secrets").path
        try Programs.writeSecret("X-Token: read\n", to: secrets)
        var named = secrets
        if arguments.last == "--config" {
            named = folder.appending(path: "config.toml").path
            let text = "[targets.shop]\nurl = \"http://127.0.0.1:1\"\ntoken-file = \"secrets\"\n"
            try Data(text.utf8).write(to: URL(filePath: named))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secrets)
        let refused = try await Programs.run(
            Programs.folder.appending(path: program).path, arguments + [named])
        #expect(refused.status == 64, "\(refused)")
        #expect(refused.error.contains("every user of this machine may read it (mode 644)"), "\(refused)")
        #expect(refused.error.contains("run chmod 600 \(secrets)"), "\(refused)")
    }
}
