public import ConsoleModel
import Screen

/// The incident note as text: `check --format markdown` and the console's `:report` write the same.
public enum MarkdownReport {
    /// The whole note, about one finding only where its key is given; no escape sequence ever.
    public static func text(_ state: ConsoleState, about key: FindingKey? = nil) -> String {
        CheckReport.text(IncidentReport(state, about: key).lines)
    }
}
