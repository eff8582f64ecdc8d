/// The names that one SDK gives to what is read of telemetry, as a table for people.
public struct TelemetryNames: Hashable, Sendable {
    /// What is read, and by which names; the first of them counts.
    public struct Row: Hashable, Sendable {
        /// What is read, such as `session`, or how the SDK is recognised.
        public let what: String
        /// The names of attributes, scopes, words or spans; never empty.
        public let names: [String]
    }

    /// The SDK with the version whose names these are.
    public let title: String
    /// Where a reader can check them.
    public let source: String
    /// The rows that have a name.
    public let rows: [Row]

    /// Every SDK that `ctxtop listen` reads, in the order in which they are believed.
    public static var all: [TelemetryNames] { TelemetrySDK.all.map(Self.init) }

    /// The tables as text, a block for each SDK.
    public static var text: String {
        all.map { sdk in
            let width = sdk.rows.map(\.what.count).max() ?? 0
            let rows = sdk.rows.map { row in
                "  " + row.what + String(repeating: " ", count: width - row.what.count + 2)
                    + row.names.joined(separator: ", ")
            }
            return ([sdk.title, "  " + sdk.source] + rows).joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    private static let kinds: [SpanMeaning.Kind] = [
        .agent, .workflow, .chain, .tool, .handoff, .model, .embedding, .other,
    ]

    init(_ sdk: TelemetrySDK) {
        title = "\(sdk.name) \(sdk.version)"
        source = sdk.source
        let words = Self.kinds.flatMap { kind in
            [
                ("words for \(kind)", sdk.kinds.filter { $0.value == kind }.keys.sorted()),
                ("spans that are \(kind)", sdk.spanNames.filter { $0.kind == kind }.map(\.pattern)),
            ]
        }
        let all =
            [
                ("recognised by attributes", sdk.prefixes.map { $0 + "*" }),
                ("recognised by scopes", sdk.scopes.map { $0 + "*" }),
            ] + TelemetrySDK.Field.allCases.map { ("\($0)", sdk.names[$0] ?? []) } + words
        rows = all.filter { !$0.1.isEmpty }.map { Row(what: $0.0, names: $0.1) }
    }
}
