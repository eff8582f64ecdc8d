/// How the text of a tool's result is judged, for every source alike: by its first word.
public enum ToolResult {
    /// Whether the first word is that of an error: `error…`, `Error…`, also in the quotes of a JSON text.
    ///
    /// ag-ui-strands 1.0.2 sends `"Error: RuntimeError - …"` with the quotes.
    public static func isError(_ text: some Sequence<UInt8>) -> Bool {
        text.lazy.drop { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }
            .prefix(5).map { $0 | 0x20 }.elementsEqual("error".utf8)
    }

    /// The word that stands for a text which does not travel: `error` or `ok`.
    public static func word(of text: String) -> String { isError(text.utf8) ? "error" : "ok" }
}
