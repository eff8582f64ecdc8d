import Foundation
import Testing

/// The manual pages and the version.
@Suite struct ManualTests {
    private func page(_ program: String) async throws -> String {
        if program == Programs.console {
            return try await Programs.run(program, ["manual"]).output
        }
        let line = "'\(program)' --experimental-dump-help | '\(Programs.console)' manual --of-input"
        return try await Programs.run("/bin/sh", ["-c", line]).output
    }

    private func dump(_ program: String) async throws -> [String: Any] {
        let text = try await Programs.run(program, ["--experimental-dump-help"]).output
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(json?["command"] as? [String: Any])
    }

    @Test(arguments: [Programs.console, Programs.backend])
    func everyCommandAndEveryFlagIsInThePage(_ program: String) async throws {
        let page = try await page(program).replacing("\\-", with: "-")
        let root = try await dump(program)
        let commands = [root] + (root["subcommands"] as? [[String: Any]] ?? [])
        #expect(commands.count > 1)
        for command in commands where command["shouldDisplay"] as? Bool != false {
            let name = try #require(command["commandName"] as? String)
            if name == "help" { continue }
            #expect(page.contains(name), "\(name) is not in the page")
            for argument in command["arguments"] as? [[String: Any]] ?? []
            where argument["shouldDisplay"] as? Bool != false {
                for case let label as [String: Any] in argument["names"] as? [Any] ?? [] {
                    let long = label["kind"] as? String == "long"
                    let flag = (long ? "--" : "-") + (label["name"] as? String ?? "?")
                    #expect(page.contains(flag), "\(flag) of \(name) is not in the page")
                }
            }
        }
    }

    @Test func theKeysAndFilesAreInThePage() async throws {
        let page = try await page(Programs.console)
        for words in ["next row that needs attention", "config.toml", "NO_COLOR", "EXIT STATUS", "FILTERS"] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test(
        arguments: [Programs.console, Programs.backend],
        ["mandoc -T lint -W warning", "groff -t -man -ww -z -T utf8"])
    func aJudgeOfManualPagesFindsNothing(_ program: String, _ judge: String) async throws {
        let name = String(judge.prefix { $0 != " " })
        guard try await Programs.run("/usr/bin/env", ["sh", "-c", "command -v \(name)"]).status == 0 else {
            return
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).1").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await page(program).write(toFile: file, atomically: true, encoding: .utf8)
        let result = try await Programs.run("/bin/sh", ["-c", "\(judge) '\(file)' 2>&1"])
        #expect(result.output.isEmpty, "\(result.output)")
    }

    @Test(arguments: [Programs.console, Programs.backend])
    func aProgramThatWasNotInstalledKnowsNoCommit(_ program: String) async throws {
        #expect(try await Programs.run(program, ["--version"]).output == "0.1.0 (commit unknown)\n")
    }

    @Test func aProgramThatWasInstalledSaysItsCommit() async throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let line =
            "cp '\(Programs.backend)' '\(copy)' && printf '\\nctxtop commit 0123456789ab+changes\\n' >>'\(copy)' && '\(copy)' --version"
        let result = try await Programs.run("/bin/sh", ["-c", line])
        #expect(result.output == "0.1.0 (commit 0123456789ab+changes)\n", "\(result.error)")
    }
}
