import Foundation
import Testing

@testable import Dialects

@Suite struct TelemetrySDKTests {
    @Test func everySDKHasANameAVersionAndASource() {
        #expect(Set(TelemetrySDK.all.map(\.name)).count == TelemetrySDK.all.count)
        #expect(TelemetrySDK.all.count <= 64)
        for sdk in TelemetrySDK.all {
            #expect(!sdk.version.isEmpty && !sdk.source.isEmpty, "\(sdk.name)")
            #expect(!sdk.prefixes.isEmpty || !sdk.scopes.isEmpty, "\(sdk.name) cannot be recognised")
            #expect(sdk.kinds.keys.allSatisfy { $0 == $0.lowercased() }, "\(sdk.name)")
            #expect(sdk.names.values.allSatisfy { $0.count <= 16 }, "\(sdk.name)")
        }
    }

    @Test func noWordOfASharedAttributeMeansTwoKinds() {
        var known: [String: [String: SpanMeaning.Kind]] = [:]
        for sdk in TelemetrySDK.all {
            for name in sdk.names[.kind] ?? [] {
                for (word, kind) in sdk.kinds {
                    #expect(known[name]?[word] == nil || known[name]?[word] == kind, "\(sdk.name): \(word)")
                    known[name, default: [:]][word] = kind
                }
            }
        }
    }

    private static let page = URL(filePath: #filePath).appending(
        path: "../../../../../docs/telemetry-sdks.md"
    )
    .standardized

    /// `RECORD_DOCS=1` writes the page and fails, so that a person reads the difference.
    @Test func thePageShowsTheTable() throws {
        if ProcessInfo.processInfo.environment["RECORD_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: Self.page.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Self.written.write(to: Self.page, atomically: true, encoding: .utf8)
            Issue.record("recorded \(Self.page.path)")
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == Self.written)
    }

    private static var written: String {
        """
        # What `ctxtop listen` reads of which SDK

        Written from `Sources/Dialects/Telemetry/SDKs` by `RECORD_DOCS=1 swift test --filter TelemetrySDKTests`. Where two
        SDKs know something of one span, the upper one is believed; an attribute that several share has the place of the
        lowest. An attribute without a dot counts only where the SDK is recognised. Values that are JSON texts are read up
        to 64 KiB.


        """ + TelemetrySDK.all.map(section).joined(separator: "\n")
    }

    private static func section(_ sdk: TelemetrySDK) -> String {
        var lines = [
            "## \(sdk.name) \(sdk.version)", "", "Source: \(sdk.source)", "", "| what | names |", "|---|---|",
        ]
        func add(_ what: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            lines.append("| \(what) | \(names.map { "`\($0)`" }.joined(separator: ", ")) |")
        }
        add("recognised by attributes", sdk.prefixes.map { $0 + "*" })
        add("recognised by scopes", sdk.scopes.map { $0 + "*" })
        for field in TelemetrySDK.Field.allCases { add("\(field)", sdk.names[field] ?? []) }
        for kind in Self.kinds {
            add("words for \(kind)", sdk.kinds.filter { $0.value == kind }.keys.sorted())
            add("spans that are \(kind)", sdk.spanNames.filter { $0.kind == kind }.map(\.pattern))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let kinds: [SpanMeaning.Kind] = [
        .agent, .workflow, .chain, .tool, .handoff, .model, .embedding, .other,
    ]
}
