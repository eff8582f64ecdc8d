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

    @Test func theTableForPeopleHasEverySDK() {
        let lines = TelemetryNames.text.split(separator: "\n")
        #expect(TelemetrySDK.all.allSatisfy { lines.contains("\($0.name) \($0.version)") })
        #expect(lines.contains { $0.hasSuffix("  session.id, langfuse.session.id") })
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
        to 64 KiB. `ctxtop doctor --sdks` prints the same.


        """ + TelemetryNames.all.map(section).joined(separator: "\n")
    }

    private static func section(_ sdk: TelemetryNames) -> String {
        let head = ["## \(sdk.title)", "", "Source: \(sdk.source)", "", "| what | names |", "|---|---|"]
        let rows = sdk.rows.map { row in
            "| \(row.what) | \(row.names.map { "`\($0)`" }.joined(separator: ", ")) |"
        }
        return (head + rows).joined(separator: "\n") + "\n"
    }
}
