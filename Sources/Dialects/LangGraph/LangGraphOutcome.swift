import WireProtocol

/// How a run ended, in AG-UI's words.
enum LangGraphOutcome {
    /// The end of a run; nil of a status that is not an end.
    ///
    /// - Parameters:
    ///   - next: the run that was created after it.
    ///   - isAsking: whether a success left a question to a person.
    static func step(of run: LangGraphRun, before next: LangGraphRun?, isAsking: Bool)
        -> LangGraphStream.Step?
    {
        switch run.status {
        case "success": (.runFinished, ["outcome": ["type": isAsking ? "interrupt" : "success"]])
        case "error": (.runError, ["message": .string(run.complaint ?? "the run failed")])
        case "timeout": (.runError, ["message": "timed out: the server's limit for one run"])
        case "interrupted", "cancelled":
            cancelled(next?.strategy == "interrupt" ? "displaced by a newer run" : "cancelled")
        case "rollback":
            cancelled(
                next?.strategy == "rollback" ? "rolled back for a newer run" : "rolled back and deleted")
        default: nil
        }
    }

    /// A run that was ended on purpose.
    static func cancelled(_ reason: String) -> LangGraphStream.Step {
        (.runFinished, ["outcome": ["type": "cancelled", "reason": .string(reason)]])
    }
}
