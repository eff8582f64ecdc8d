import ConsoleModel
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// Who had a backend do what, when, and what came of it: one JSON line each in `$XDG_STATE_HOME/ctxtop/audit.log`.
enum AuditLog {
    /// The file.
    static var path: String { StandardPaths.state + "/audit.log" }

    /// Adds a line; without an outcome it says what is about to be asked. False, with `errno`, when that fails.
    static func append(_ request: ActionRequest, _ url: String, _ outcome: ActionOutcome?) -> Bool {
        guard TextFile.makeFolder(StandardPaths.state) else { return false }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return TextFile.write(line(request, url, outcome, at: SystemClock.now()) + "\n", to: descriptor)
    }

    /// The line; no token and no header is in it.
    static func line(
        _ request: ActionRequest, _ url: String, _ outcome: ActionOutcome?, at moment: Timestamp
    ) -> String {
        var object: JSONObject = [
            "at": .string(moment.rfc3339), "target": .string(url), "action": .string(request.words),
            "route": .string(request.route),
        ]
        object.set("user", StandardPaths.environment("USER"))
        object["body"] = request.body
        switch outcome {
        case nil: object["outcome"] = "asked"
        case .done(let words): (object["outcome"], object["words"]) = ("done", .string(words))
        case .refused(let words): (object["outcome"], object["words"]) = ("refused", .string(words))
        case .failed(let words): (object["outcome"], object["words"]) = ("failed", .string(words))
        }
        return JSONValue.object(object).text
    }
}
